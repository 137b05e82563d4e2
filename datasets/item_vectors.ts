import { baseName } from "./base_name.ts";
import { counted } from "./counted.ts";
import { eachRow, fieldText } from "./fields.ts";
import type { Ids } from "./ids.ts";
import { InputError } from "./input_error.ts";
import { knownIds } from "./known_ids.ts";
import type { ItemVectors } from "./metadata.ts";
import { parseNumber } from "./numbers.ts";
import { isNpy, readNpy } from "./npy.ts";
import { type Source, textSource } from "./source.ts";
import { fieldsOf, tableOf } from "./table.ts";

/** Says a vector: of which item it is, and its numbers. `place` says where it was found, for errors. */
type Visit = (item: number, numbers: Float32Array, line: number) => void;

/**
 * Reads vectors of items: a row an item, `item x1 x2 ...`, with or without a header; or NumPy's matrix [n, width] with
 * a file of n items beside it, a line each. Items that the ids do not know are left out and counted; those of the log
 * that have no vector are what models treat as missing.
 *
 * @param name what notes and models call the modality.
 * @param items of which item each row of a matrix is.
 * @throws InputError naming file and line where widths differ, a number is not finite, or an item comes twice; also
 *   where no item is known.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { namedIds } from "./ids.ts";
 * import { readItemVectors } from "./item_vectors.ts";
 *
 * const source = { file: "text.tsv", bytes: new TextEncoder().encode("heat\t0.5\t-1\nzulu\t0\t1\n") };
 * const { vectors, notes } = readItemVectors("text", source, namedIds(["alien", "heat"]));
 * assert.deepEqual(vectors, { name: "text", width: 2, data: Float32Array.of(0.5, -1), rows: Int32Array.of(-1, 0) });
 * assert.deepEqual(notes, [
 *   'text: vectors of width 2 of "text.tsv", of 1 of 2 items',
 *   "text: left out 1 item that the log has not",
 * ]);
 * ```
 */
export function readItemVectors(
  name: string,
  source: Source,
  ids: Ids,
  items?: Source,
): { readonly vectors: ItemVectors; readonly notes: readonly string[] } {
  const { file } = source, count = ids.names.length, known = knownIds(ids), rows = new Int32Array(count).fill(-1);
  const found: Float32Array[] = [];
  let width = 0;
  const add = (from: string, id: number, numbers: Float32Array, line: number) => {
    width ||= numbers.length;
    if (numbers.length !== width) {
      throw new InputError(`its vector has ${numbers.length} numbers where the first has ${width}`, from, line);
    }
    if (id >= count) return;
    if (rows[id]! >= 0) throw new InputError(`item "${ids.names[id]}" has a vector already`, from, line);
    rows[id] = found.push(numbers) - 1;
  };
  if (isNpy(source)) {
    if (!items) throw new InputError("a matrix needs a file of items, a line for each of its rows", file);
    eachOfMatrix(source, textSource(items), known, (id, numbers, line) => add(items.file, id, numbers, line));
  } else eachOfTable(textSource(source), known, (id, numbers, line) => add(file, id, numbers, line));
  if (found.length === 0) throw new InputError("none of its items is one of the log: ids are the log's own", file);
  const data = new Float32Array(found.length * width), unknown = known.size - count;
  found.forEach((numbers, row) => data.set(numbers, row * width));
  return {
    vectors: { name, width, data, rows },
    notes: [
      `${name}: vectors of width ${width} of "${baseName(file)}", of ${found.length} of ${counted(count, "item")}`,
      ...(unknown > 0 ? [`${name}: left out ${counted(unknown, "item")} that the log has not`] : []),
    ],
  };
}

type Known = ReturnType<typeof knownIds>;

function eachOfTable(source: Source, known: Known, visit: Visit): void {
  const { file } = source, table = tableOf(source, ["item"]), { item } = fieldsOf(table, ["item"], file);
  let skip = table.header ? 1 : 0;
  eachRow(source, table.dialect, (row) => {
    if (skip-- > 0) return;
    if (row.count < 2) throw new InputError("it has no numbers: a row is `item x1 x2 ...`", file, row.line);
    const start = row.starts[item] ?? 0, stop = row.stops[item] ?? 0;
    if (item >= row.count || start === stop) {
      throw new InputError(`its item (column ${item + 1}) is empty`, file, row.line);
    }
    const numbers = new Float32Array(row.count - 1);
    for (let field = 0, at = 0; field < row.count; field++) {
      if (field === item) continue;
      numbers[at] = parseNumber(row.buffers[field]!, row.starts[field]!, row.stops[field]!);
      if (!Number.isFinite(numbers[at++])) {
        const given = `column ${field + 1} is "${fieldText(row, field)}"`;
        throw new InputError(`${given}: a vector has finite numbers`, file, row.line);
      }
    }
    visit(known.add(row.buffers[item]!, start, stop), numbers, row.line);
  });
}

function eachOfMatrix(source: Source, items: Source, known: Known, visit: Visit): void {
  const { rows, width, data } = readNpy(source), wrong = data.findIndex((x) => !Number.isFinite(x));
  if (wrong >= 0) {
    throw new InputError(
      `row ${Math.floor(wrong / width)} has ${data[wrong]}: a vector has finite numbers`,
      source.file,
    );
  }
  let row = 0;
  eachRow(items, { delimiter: "\t", quotes: false }, ({ buffers, starts, stops, line }) => {
    if (row === rows) {
      throw new InputError(`it has more items than the ${rows} rows of "${source.file}"`, items.file, line);
    }
    const id = known.add(buffers[0]!, starts[0]!, stops[0]!);
    visit(id, data.subarray(row * width, ++row * width), line);
  });
  if (row < rows) throw new InputError(`it has ${row} items for the ${rows} rows of "${source.file}"`, items.file);
}
