import { dot } from "./dot.ts";
import { type Kernel, type OpenKernel, openKernel } from "./kernel.ts";
import { scratch } from "./scratch.ts";

/** The d^2 below which a slot adds nothing to the determinant. */
const NOTHING = 1e-12;
const factors = scratch(), gains = scratch();

/**
 * Greedy MAP inference: k slots, each the one that raises det(K_S) most (Chen, Zhang & Zhou, NeurIPS 2018, algorithm 1),
 * ties to the lower slot. Where no slot raises it the set is full, and k is filled by a further greedy set of the slots
 * that are left, which the paper leaves out: repeating the first would bring nothing new. Time is O(m k (D + k)).
 *
 * @returns k slots in the order of choice; where m < k all of them, in turns.
 * @throws {RangeError} where the kernel is not finite or its quality is negative.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { greedyMap } from "./map.ts";
 *
 * const features = Float32Array.of(1, 0, 1, 0, 0, 1); // slots 0 and 1 are the same
 * assert.deepEqual([...greedyMap({ features, width: 2, quality: Float32Array.of(1, 0.9, 0.5) }, 3)], [0, 2, 1]);
 * ```
 */
export function greedyMap(kernel: Kernel, k: number): Int32Array {
  const open = openKernel(kernel), m = open.size, slots = new Int32Array(m === 0 ? 0 : k);
  const left = new Uint8Array(m).fill(1), distinct = Math.min(m, slots.length);
  for (let found = 0; found < distinct;) {
    const set = slots.subarray(found, distinct), size = greedySet(open, left, set);
    if (size > 0) found += size;
    else for (let slot = 0; found < distinct; slot++) if (left[slot]) slots[found++] = slot; // of no length: any will do
  }
  for (let at = distinct; at < k && m > 0; at++) slots[at] = slots[at - m]!;
  return slots;
}

/** Fills `into` as far as the determinant is positive with slots that are `left`, and strikes those out. */
function greedySet({ size: m, diagonal, entry }: OpenKernel, left: Uint8Array, into: Int32Array): number {
  const k = into.length, c = factors(m * k), d2 = gains(m); // [m, k], [m]
  d2.set(diagonal);
  for (let t = 0; t < k; t++) {
    let j = -1, best = NOTHING;
    for (let i = 0; i < m; i++) {
      if (left[i] && d2[i]! > best) {
        best = d2[i]!;
        j = i;
      }
    }
    if (j < 0) return t;
    into[t] = j;
    left[j] = 0;
    const d = Math.sqrt(best);
    for (let i = 0; i < m; i++) {
      if (!left[i]) continue;
      const e = c[i * k + t] = (entry(j, i) - dot(c, j * k, c, i * k, t)) / d; // e_i = (K_ji - <c_j, c_i>) / d_j
      d2[i]! -= e * e;
    }
  }
  return k;
}
