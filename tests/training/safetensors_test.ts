import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "npm:fast-check@4.10.2";
import { decodeSafetensors, encodeSafetensors, safetensorsParts } from "../../training/safetensors.ts";

const sample = () =>
  encodeSafetensors({
    "a/b": { dtype: "F32", shape: [2, 2], data: Float32Array.of(1, -2, 0.5, NaN) },
    ids: { dtype: "I32", shape: [3], data: Int32Array.of(1, 2, -3) },
    none: { dtype: "F32", shape: [0, 8], data: new Float32Array() },
  }, { note: "größe" });

Deno.test("safetensors give back what was put in", () => {
  const { tensors, metadata } = decodeSafetensors(sample());
  assert.deepEqual(Object.keys(tensors), ["a/b", "ids", "none"]);
  assert.deepEqual([...tensors["a/b"]!.data], [1, -2, 0.5, NaN]);
  assert.deepEqual([...tensors.ids!.data], [1, 2, -3]);
  assert.deepEqual(tensors.none!.shape, [0, 8]);
  assert.equal(metadata.note, "größe");
});

Deno.test("what Node reads, a Buffer, is read as the same bytes are", () => {
  assert.deepEqual(decodeSafetensors(Buffer.from(sample())), decodeSafetensors(sample()));
});

Deno.test("the header is laid out as the format says: its length, JSON, data aligned to 8 bytes", () => {
  const bytes = sample(), length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  assert.deepEqual(header["a/b"], { dtype: "F32", shape: [2, 2], data_offsets: [0, 16] });
  assert.equal((8 + length) % 8, 0);
});

Deno.test("a file cut short anywhere, or changed anywhere, is read or refused with its name, never worse", () => {
  const whole = sample();
  fc.assert(fc.property(fc.nat(whole.length), fc.nat(whole.length - 1), fc.nat(255), (length, at, byte) => {
    const bytes = whole.slice(0, length);
    if (at < length) bytes[at] = byte;
    try {
      decodeSafetensors(bytes, "w.safetensors");
    } catch (error) {
      assert(error instanceof TypeError);
      assert.match(error.message, /^Cannot read "w\.safetensors" as safetensors: /);
    }
  }));
  assert.throws(() => decodeSafetensors(whole.slice(0, -1), "w"), /cut short/);
});

Deno.test("parts are the file's bytes one after the other, and the tensors themselves", () => {
  const w = Float32Array.of(1, 2, 3),
    tensors = {
      w: { dtype: "F32", shape: [3], data: w },
      ids: { dtype: "I32", shape: [1], data: Int32Array.of(7) },
    } as const;
  const parts = safetensorsParts(tensors, { by: "me" });
  assert.deepEqual(Uint8Array.from(parts.flatMap((part) => [...part])), encodeSafetensors(tensors, { by: "me" }));
  assert(parts.some(({ buffer }) => buffer === w.buffer));
});

Deno.test("a tensor with more or fewer elements than its shape says is not written", () => {
  const short = { w: { dtype: "F32", shape: [3], data: new Float32Array(2) } } as const;
  assert.throws(() => encodeSafetensors(short), /^TypeError: Cannot write "w": it is \[3\] with 2 elements/);
});

Deno.test("tensors that are a part of a larger array are written alone, and files that are, are read so", () => {
  const larger = Float32Array.of(9, 1, 2, 9), w = { dtype: "F32", shape: [2], data: larger.subarray(1, 3) } as const;
  const bytes = encodeSafetensors({ w });
  assert.deepEqual(decodeSafetensors(bytes).tensors.w!.data, Float32Array.of(1, 2));
  const within = Uint8Array.of(7, 7, 7, ...bytes, 7).subarray(3, 3 + bytes.length);
  assert.deepEqual(decodeSafetensors(within).tensors.w!.data, Float32Array.of(1, 2));
  assert.deepEqual(decodeSafetensors(encodeSafetensors({}, { of: "nothing" })), {
    tensors: {},
    metadata: { of: "nothing" },
  });
});

Deno.test("a header that is no UTF-8 is refused, not read with another name", () => {
  const bytes = encodeSafetensors({ w: { dtype: "F32", shape: [1], data: Float32Array.of(1) } });
  bytes[bytes.indexOf("w".charCodeAt(0))] = 0xff;
  assert.throws(() => decodeSafetensors(bytes, "w"), /Cannot read "w" as safetensors: its header is no JSON/);
});
