/** CRC-32 with the polynomial of IEEE 802.3, reflected, as in zip and gzip. */
const POLYNOMIAL = 0xedb88320;

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) !== 0 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value;
});

/**
 * A checksum of pieces.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { crc32 } from "./crc32.ts";
 *
 * const sum = crc32();
 * sum.add(new TextEncoder().encode("12345"));
 * sum.add(new TextEncoder().encode("6789"));
 * assert.equal(sum.value, 0xcbf43926); // the check value of the catalogue of CRCs
 * ```
 */
export function crc32(): { add(bytes: Uint8Array): void; readonly value: number } {
  let state = -1;
  return {
    add(bytes) {
      let next = state;
      for (let at = 0; at < bytes.length; at++) next = TABLE[(next ^ bytes[at]!) & 255]! ^ (next >>> 8);
      state = next;
    },
    get value() {
      return ~state >>> 0;
    },
  };
}
