import type { Attributes } from "./metadata.ts";

/**
 * How telling each attribute is: its inverse document frequency ln(items / items that have it) (Spärck Jones, Journal
 * of Documentation 1972). An attribute that every item has tells nothing: 0; so does one that none has.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { attributeIdf } from "./attribute_idf.ts";
 *
 * // both items are dramas, one is a western
 * const names = ["drama", "western"];
 * const idf = attributeIdf({ offsets: Int32Array.of(0, 1, 3), targets: Int32Array.of(0, 0, 1), names });
 * assert.deepEqual(idf, Float32Array.of(0, Math.log(2)));
 * ```
 */
export function attributeIdf({ offsets, targets, names }: Attributes): Float32Array {
  const items = offsets.length - 1, frequency = new Int32Array(names.length);
  for (const attribute of targets) frequency[attribute]!++;
  return Float32Array.from(frequency, (count) => count > 0 ? Math.log(items / count) : 0); // [attributes]
}
