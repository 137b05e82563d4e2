import type { Rng } from "../rng.ts";
import { dot } from "./dot.ts";
import { proportional } from "./proportional.ts";
import { scratch } from "./scratch.ts";

/** What of a squared length must be left for a slot not to be in the span of others: rounding leaves less. */
const IN_SPAN = 1e-10;
/** What of a squared length is left where subtraction has cost digits, and is done again (Kahan & Parlett's criterion). */
const CANCELLED = 0.1;
const proposals = scratch(), bases = scratch(), alongs = scratch();

/**
 * Draws from the projection DPP whose kernel is V V^T, V [m, k] with orthonormal columns, as many slots as `into` holds,
 * at most k: all k of a set, or a uniform part of it, as the order of a set's members is uniform.
 *
 * Next is slot i with probability proportional to |v_i|^2 - sum of (v_i u)^2 over the orthonormal basis u of the rows
 * chosen (Hough, Krishnapur, Peres & Virag, 2006, algorithm 18). It is proposed by |v_i|^2 and accepted by what is left
 * of that: k / (k - t) proposals on average after t, instead of a pass over the slots.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { drawProjection } from "./projection.ts";
 * import { Rng } from "../rng.ts";
 *
 * const v = Float64Array.of(1, 0, 0, 1, 0, 0); // slots 0 and 1 for sure
 * assert.deepEqual([...drawProjection(v, 2, new Rng(1, "dpp"), new Int32Array(2))].sort(), [0, 1]);
 * ```
 */
export function drawProjection(v: Float64Array, k: number, rng: Rng, into: Int32Array): Int32Array {
  const m = v.length / k, totals = proposals(m), basis = bases(into.length * k), parts = alongs(into.length);
  let total = 0;
  for (let slot = 0; slot < m; slot++) totals[slot] = total += dot(v, slot * k, v, slot * k, k);
  for (let t = 0; t < into.length;) {
    const slot = proportional(totals, rng), row = slot * k, norm = dot(v, row, v, row, k);
    const threshold = Math.max(rng.uniform(), IN_SPAN) * norm;
    let left = norm;
    for (let u = 0; u < t && left > threshold; u++) left -= (parts[u] = dot(v, row, basis, u * k, k)) ** 2;
    if (!(left > threshold)) continue;
    const next = t * k;
    for (let c = 0; c < k; c++) basis[next + c] = v[row + c]!;
    for (let u = 0; u < t; u++) subtract(basis, next, u * k, k, parts[u]!);
    if (left < CANCELLED * norm) {
      for (let u = 0; u < t; u++) subtract(basis, next, u * k, k, dot(basis, next, basis, u * k, k));
    }
    const scale = 1 / Math.sqrt(dot(basis, next, basis, next, k));
    for (let c = next; c < next + k; c++) basis[c]! *= scale;
    into[t++] = slot;
  }
  return into;
}

/** Takes `part` times the `k` numbers at `j` from those at `i`. */
function subtract(a: Float64Array, i: number, j: number, k: number, part: number): void {
  for (let c = 0; c < k; c++) a[i + c]! -= part * a[j + c]!;
}
