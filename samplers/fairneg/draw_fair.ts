import type { SeenItems } from "../../datasets/negatives.ts";
import type { Rng } from "../../random/rng.ts";
import { drawMember } from "../draw_member.ts";
import { weightedSlot } from "../weighted_slot.ts";
import type { ItemGroups } from "../../datasets/item_groups.ts";

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
  const shares = law.map((share, z) => left[z]! > 0 ? share : 0), total = shares.reduce((a, b) => a + b, 0);
  if (total === 0) return seen.drawUnseen(user, rng);
  const group = weightedSlot(shares, rng.uniform() * total);
  return drawMember(members.subarray(offsets[group], offsets[group + 1]), rng, (item) => !seen.has(user, item))!;
}
