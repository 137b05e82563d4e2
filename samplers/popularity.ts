import { AliasTable } from "../datasets/alias_table.ts";
import type { Met, SeenItems } from "../datasets/negatives.ts";
import type { Rng } from "../random/rng.ts";
import { drawUntil } from "./draw_until.ts";

/**
 * A fixed law over items, conditioned on what each user has not met: q(i|u) = q(i) / (1 - sum of q over P_u), P_u what
 * the run excludes.
 * Where a user's positives hold all of the mass, the law is uniform over the unseen.
 */
export interface ItemLaw {
  draw(user: number, rng: Rng, seen: SeenItems): number;
  /** log q(i) of each item; -Infinity where it is never drawn. */
  readonly logQ: Float32Array;
  /** log(1 - sum of q over P_u) of each user. */
  readonly logUnseenMass: Float32Array;
  /** -log |E_u| of each user: the law of an item that is never drawn but where the unseen hold none of the mass. */
  readonly logUniform: Float32Array;
}

export function itemLaw({ users, items, offsets, positives }: Met, weights: Float64Array): ItemLaw {
  const table = new AliasTable(weights);
  const unseenMass = (user: number) => {
    let mass = 1;
    for (let at = offsets[user]!; at < offsets[user + 1]!; at++) mass -= table.probability(positives[at]!);
    return mass;
  };
  const byWeight = (user: number, rng: Rng, seen: SeenItems) => {
    let total = 0, chosen = -1;
    for (let item = 0; item < items; item++) if (!seen.has(user, item)) total += table.probability(item);
    let left = rng.uniform() * total;
    for (let item = 0; item < items && left >= 0; item++) {
      const p = seen.has(user, item) ? 0 : table.probability(item);
      if (p === 0) continue;
      chosen = item;
      left -= p;
    }
    return chosen >= 0 ? chosen : seen.drawUnseen(user, rng);
  };
  return {
    draw: (user, rng, seen) =>
      drawUntil(() => table.draw(rng), (item) => !seen.has(user, item)) ?? byWeight(user, rng, seen),
    logQ: Float32Array.from({ length: items }, (_, item) => Math.log(table.probability(item))),
    logUnseenMass: Float32Array.from(
      { length: users },
      (_, user) => Math.log(Math.max(unseenMass(user), Number.EPSILON)),
    ),
    logUniform: Float32Array.from(
      { length: users },
      (_, user) => -Math.log(Math.max(1, items - (offsets[user + 1]! - offsets[user]!))),
    ),
  };
}
