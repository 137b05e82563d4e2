import type { Catalogue } from "../datasets/catalogue.ts";
import { invert } from "../datasets/invert.ts";
import type { Relation } from "../datasets/metadata.ts";
import { dot } from "../random/dpp/dot.ts";
import { Rng } from "../random/rng.ts";
import { gram } from "./gram.ts";
import { factorise, solve } from "./solve.ts";
import { solveRow } from "./solve_row.ts";

export interface IalsOptions {
  /** Width of the vectors. */
  readonly dim: number;
  /** Weight of a pair that was not met; one that was weighs 1. */
  readonly c0: number;
  /** Decay of every vector. */
  readonly l2: number;
  /** Times that both sides are solved. */
  readonly iterations: number;
  readonly seed?: number;
}

/** Vectors of one side, [n, dim]. */
type Side = Float64Array;

/**
 * Implicit alternating least squares (Hu, Koren & Volinsky, ICDM 2008), the whole data in closed form: over all pairs the
 * least of
 *
 *     sum_(u,i) met (1 - s_ui)^2 + c0 sum_(u,j) not met s_uj^2 + l2 (sum_u |p_u|^2 + sum_i |q_i|^2),  s_ui = p_u . q_i,
 *
 * one side after the other: p_u = (B + (1 - c0) Q_u' Q_u)^-1 Q_u' 1 with B = c0 Q'Q + l2 I and Q_u the vectors of what
 * the user met. Where that is fewer items than `dim`, the same by a system of their number,
 * p_u = B^-1 Q_u' (I + (1 - c0) Q_u B^-1 Q_u')^-1 1. Sampler `enmf` descends the same loss by gradients.
 *
 * @param known what users have met when they are ranked, where that is more: their vectors are solved for once more, those
 * of items held.
 * @returns a user's scores, one for each item; the array is used again for the next user.
 * @throws RangeError where an option means nothing.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { ials } from "./ials.ts";
 *
 * const log = interactions({ users: [0, 0, 1, 1, 2, 3], items: [0, 1, 0, 1, 0, 2], userCount: 4, itemCount: 3 });
 * const scores = ials(catalogue(log), { dim: 2, c0: 0.1, l2: 0.1, iterations: 20 })(2); // user 2 met item 0
 * assert(scores[0]! > scores[1]! && scores[1]! > scores[2]!);
 * ```
 */
export function ials(
  catalogue: Catalogue,
  options: IalsOptions,
  known?: Pick<Catalogue, "offsets" | "positives">,
): (user: number) => Float32Array {
  const { dim, c0, l2, iterations, seed = 0 } = options, { users, items, offsets, positives } = catalogue;
  if (!(Number.isInteger(dim) && dim > 0 && c0 > 0 && c0 < 1 && l2 > 0)) {
    throw new RangeError(
      `Cannot solve least squares: dim is a whole number of at least 1, c0 within 0 and 1 and l2 above 0, found ${dim}, ${c0} and ${l2}`,
    );
  }
  const rng = new Rng(seed, "ials"), p: Side = new Float64Array(users * dim), met = { offsets, targets: positives };
  const q: Side = Float64Array.from({ length: items * dim }, () => rng.normal() / dim), by = invert(met, items);
  for (let iteration = 0; iteration < iterations; iteration++) {
    solveSide(p, q, met, options);
    solveSide(q, p, by, options);
  }
  if (known) solveSide(p, q, { offsets: known.offsets, targets: known.positives }, options);
  const scores = new Float32Array(items);
  return (user) => {
    for (let item = 0; item < items; item++) scores[item] = dot(p, user * dim, q, item * dim, dim);
    return scores;
  };
}

/** Solves for the vectors `x` of the rows of `met`, those of its targets, `y`, held. */
export function solveSide(
  x: Side,
  y: Side,
  { offsets, targets }: Pick<Relation, "offsets" | "targets">,
  options: IalsOptions,
) {
  const { dim, c0, l2 } = options, count = y.length / dim, base = gram(y, count, dim);
  for (let at = 0; at < base.length; at++) base[at]! *= c0;
  for (let d = 0; d < dim; d++) base[d * (dim + 1)]! += l2;
  const factor = base.slice(), z = y.slice(); // B, L L' = B, and Y B^-1
  factorise(factor, dim, dim);
  for (let at = 0; at < count; at++) solve(factor, dim, dim, z.subarray(at * dim, (at + 1) * dim));
  const a = new Float64Array(dim * dim), weights = new Float64Array(dim);
  x.fill(0);
  for (let row = 0; row < offsets.length - 1; row++) {
    const own = targets.subarray(offsets[row]!, offsets[row + 1]!), n = own.length, into = x.subarray(row * dim);
    if (n < dim) {
      for (let r = 0; r < n; r++) { // I + (1 - c0) Y B^-1 Y'
        for (let c = 0; c <= r; c++) {
          a[r * dim + c] = (1 - c0) * dot(y, own[r]! * dim, z, own[c]! * dim, dim) + (r === c ? 1 : 0);
        }
      }
      factorise(a, n, dim);
      solve(a, n, dim, weights.fill(1));
      for (let r = 0; r < n; r++) {
        for (let d = 0, from = own[r]! * dim; d < dim; d++) into[d]! += weights[r]! * z[from + d]!;
      }
      continue;
    }
    solveRow({ y, dim, c0, base }, own, into, a);
  }
}
