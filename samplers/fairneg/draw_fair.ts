import type { SeenItems } from "../../datasets/negatives.ts";
import type { Rng } from "../../random/rng.ts";
import type { ItemGroups } from "./item_groups.ts";

/** Draws that may hit a positive before those left are listed. */
const REJECTIONS = 64;

/**
 * An unseen item: its group by `law` among those in which the user has one, then any of them. Uniform where those groups
 * have no mass.
 */
export function drawFair(
  { of, count, offsets, members }: ItemGroups,
  law: Float32Array,
  seen: SeenItems,
  user: number,
  rng: Rng,
): number {
  const { catalogue } = seen, left = Int32Array.from({ length: count }, (_, z) => offsets[z + 1]! - offsets[z]!);
  for (let at = catalogue.offsets[user]!; at < catalogue.offsets[user + 1]!; at++) {
    left[of[catalogue.positives[at]!]!]!--;
  }
  let total = 0, group = -1;
  for (let z = 0; z < count; z++) if (left[z]! > 0) total += law[z]!;
  if (total === 0) return seen.drawUnseen(user, rng);
  let mass = rng.uniform() * total;
  for (let z = 0; z < count; z++) {
    if (left[z] === 0 || law[z] === 0) continue;
    group = z; // the last with mass takes what rounding leaves
    mass -= law[z]!;
    if (mass < 0) break;
  }
  const start = offsets[group]!, size = offsets[group + 1]! - start;
  for (let attempt = 0; attempt < REJECTIONS; attempt++) {
    const item = members[start + rng.below(size)]!;
    if (!seen.has(user, item)) return item;
  }
  const unseen = members.subarray(start, start + size).filter((item) => !seen.has(user, item));
  return unseen[rng.below(unseen.length)]!;
}
