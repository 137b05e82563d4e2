import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { namedIds } from "../../datasets/ids.ts";
import { InputError } from "../../datasets/input_error.ts";
import { readItemVectors } from "../../datasets/item_vectors.ts";

const ids = namedIds(["alien", "heat", "saw"]), bytesOf = (text: string) => new TextEncoder().encode(text);
const source = (file: string, text: string) => ({ file, bytes: bytesOf(text) });
const refuses = (read: () => unknown, message: RegExp) =>
  assert.throws(read, (error) => {
    assert(error instanceof InputError, String(error));
    assert.match(error.message, message);
    return true;
  });

/** A matrix as numpy.save writes it, format `major`. */
function npy(
  data: Float32Array | Float64Array,
  shape: string,
  { major = 1, type = data instanceof Float32Array ? "<f4" : "<f8", fortran = "False" } = {},
): Uint8Array {
  const lengthBytes = major === 1 ? 2 : 4, start = 8 + lengthBytes;
  const text = `{'descr': '${type}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;
  const header = `${text.padEnd(Math.ceil((start + text.length + 1) / 64) * 64 - start - 1)}\n`;
  const length = new Uint8Array(lengthBytes);
  length[0] = header.length & 255;
  length[1] = header.length >> 8;
  return Uint8Array.of(
    0x93,
    ...bytesOf("NUMPY"),
    major,
    0,
    ...length,
    ...bytesOf(header),
    ...new Uint8Array(data.buffer),
  );
}

Deno.test("vectors are read from tables with and without headers, wherever the item stands", () => {
  const wanted = { name: "text", width: 2, data: Float32Array.of(0.5, -1, 2, 1e-3), rows: Int32Array.of(1, 0, -1) };
  for (
    const text of [
      "heat\t0.5\t-1\nalien\t2\t1e-3\n",
      "heat 0.5 -1\nalien 2 0.001",
      "item,x1,x2\nheat,0.5,-1\nalien,2,0.001\n",
      "x1,itemId,x2\n0.5,heat,-1\n2,alien,0.001\n",
      "item_id:token\tx:float\ty:float\nheat\t0.5\t-1\nalien\t2\t0.001\n",
    ]
  ) assert.deepEqual(readItemVectors("text", source("x", text), ids).vectors, wanted, text);
});

Deno.test("NumPy's matrices of each format and width are read, with a file of whose their rows are", () => {
  const numbers = [0.5, -1, 9, 9, 2, 0.25], items = source("image.ids.txt", "heat\nzulu\nalien\n");
  for (const data of [Float32Array.from(numbers), Float64Array.from(numbers)]) {
    for (const major of [1, 2, 3]) {
      const file = { file: "image.npy", bytes: npy(data, "(3, 2)", { major }) };
      const { vectors, notes } = readItemVectors("image", file, ids, items);
      assert.deepEqual(vectors, {
        name: "image",
        width: 2,
        data: Float32Array.of(0.5, -1, 2, 0.25),
        rows: Int32Array.of(1, 0, -1),
      });
      assert.deepEqual(notes, [
        'image: vectors of width 2 of "image.npy", of 2 of 3 items',
        "image: left out 1 item that the log has not",
      ]);
    }
  }
});

Deno.test("what is wrong with vectors is told by file and line", () => {
  const read = (text: string) => () => readItemVectors("text", source("v.tsv", text), ids);
  refuses(read("heat\t1\t2\nsaw\t1\n"), /"v.tsv", line 2: its vector has 1 numbers where the first has 2/);
  refuses(read("heat\t1\nsaw\n"), /line 2: it has no numbers/);
  refuses(read("heat\t1\n\t1\n"), /line 2: its item \(column 1\) is empty/);
  refuses(read("heat\t1\nsaw\tx\n"), /line 2: column 2 is "x": a vector has finite numbers/);
  refuses(read("heat\t1\nheat\t2\n"), /line 2: item "heat" has a vector already/);
  refuses(read("zulu\t1\n"), /"v.tsv": none of its items is one of the log/);
});

Deno.test("what is wrong with a matrix is told by file", () => {
  const two = Float32Array.of(1, 2), items = source("i.txt", "heat\nsaw\n");
  const read = (bytes: Uint8Array, of = items) => () => readItemVectors("image", { file: "m.npy", bytes }, ids, of);
  refuses(
    () => readItemVectors("image", { file: "m.npy", bytes: npy(two, "(2, 1)") }, ids),
    /"m.npy": .*file of items/,
  );
  refuses(read(npy(two, "(2,)")), /"m.npy": it is no matrix/);
  refuses(read(npy(two, "(2, 1)", { fortran: "True" })), /Fortran order/);
  refuses(read(npy(two, "(2, 1)", { type: "<i4" })), /its elements are "<i4"/);
  refuses(read(npy(two, "(3, 1)")), /it has 8 bytes of elements where \[3, 1\] takes 12/);
  refuses(read(npy(two, "(2, 1)").subarray(0, 9)), /ends within its header/);
  refuses(read(npy(Float32Array.of(1, NaN), "(2, 1)")), /row 1 has NaN/);
  refuses(read(npy(two, "(2, 1)"), source("i.txt", "heat\n")), /"i.txt": it has 1 items for the 2 rows of "m.npy"/);
  refuses(read(npy(two, "(2, 1)"), source("i.txt", "heat\nsaw\nalien\n")), /"i.txt", line 3: .* more items than the 2/);
});

Deno.test("no bytes make the readers of vectors fail with anything but an InputError", () => {
  const matrix = npy(Float32Array.of(1, 2), "(2, 1)"), items = source("i.txt", "heat\nsaw\n");
  const damaged = fc.tuple(fc.nat(matrix.length - 1), fc.nat(255), fc.nat(matrix.length)).map(([at, byte, end]) => {
    const bytes = matrix.slice(0, Math.max(end, 1));
    bytes[Math.min(at, bytes.length - 1)] = byte;
    return bytes;
  });
  const text = fc.string({ unit: fc.constantFrom(..."heat01.-e, \t\n"), maxLength: 30 }).map(bytesOf);
  fc.assert(
    fc.property(fc.oneof(damaged, text), (bytes) => {
      try {
        const { vectors: { width, data, rows } } = readItemVectors("any", { file: "any", bytes }, ids, items);
        assert(rows.every((row) => row < data.length / width) && data.every(Number.isFinite));
      } catch (error) {
        assert(error instanceof InputError, String(error));
      }
    }),
    { numRuns: 2000, seed: 7 },
  );
});
