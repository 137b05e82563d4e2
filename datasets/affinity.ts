/** The numbers that a synthetic dataset was drawn from. Plain data: it is kept as JSON beside the interactions. */
export interface Affinity {
  /** How much a full match of clusters is worth, in nats. */
  readonly scale: number;
  /** Popularity falls as (rank + shift)^-exponent. */
  readonly exponent: number;
  readonly shift: number;
  /** [first cluster, second cluster, percent of the first] of each user. */
  readonly users: readonly (readonly [number, number, number])[];
  /** [first cluster, second cluster, percent of the first, popularity rank from 0] of each item. */
  readonly items: readonly (readonly [number, number, number, number])[];
}

/**
 * The true utility of every item to a user, in nats: u(i) = scale theta_user . phi_i - exponent ln(rank_i + shift).
 * Here theta and phi are shares of clusters. Ranking unseen items by it is the best any model can do.
 *
 * @throws RangeError where there is no such user.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { trueAffinity } from "./affinity.ts";
 *
 * const [liked, other] = trueAffinity({
 *   scale: 4,
 *   exponent: 1,
 *   shift: 1,
 *   users: [[0, 1, 75]],
 *   items: [[0, 1, 100, 0], [1, 0, 100, 0]],
 * }, 0);
 * assert.deepEqual([liked, other], [3, 1]);
 * ```
 */
export function trueAffinity({ scale, exponent, shift, users, items }: Affinity, user: number): Float32Array {
  const row = users[user];
  if (!row) throw new RangeError(`Cannot tell the affinity of user ${user}: there are ${users.length} users`);
  const theta: number[] = [];
  const [first, second, percent] = row;
  theta[first] = percent / 100;
  theta[second] = 1 - percent / 100;
  return Float32Array.from(items, ([a, b, share, rank]) => {
    const match = (theta[a] ?? 0) * share / 100 + (theta[b] ?? 0) * (1 - share / 100);
    return scale * match - exponent * Math.log(rank + shift);
  });
}
