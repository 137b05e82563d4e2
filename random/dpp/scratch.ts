/**
 * A buffer that grows and is used again: thousands of small draws then allocate nothing. What it hands out holds
 * anything, and is valid until it is asked again; each place that needs a buffer makes one of its own.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { scratch } from "./scratch.ts";
 *
 * const buffer = scratch();
 * assert.equal(buffer(3).length, 3);
 * assert.equal(buffer(2).buffer, buffer(1).buffer);
 * ```
 */
export function scratch(): (length: number) => Float64Array {
  let buffer = new Float64Array(0), view = buffer;
  return (length) => {
    if (view.length === length) return view;
    if (buffer.length < length) buffer = new Float64Array(Math.max(length, 2 * buffer.length));
    return view = buffer.subarray(0, length);
  };
}
