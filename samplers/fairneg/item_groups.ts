import type { Catalogue } from "../../datasets/catalogue.ts";
import { countingSort } from "../../datasets/counting_sort.ts";
import type { Attributes } from "../../datasets/metadata.ts";
import type { SeenItems } from "../../datasets/negatives.ts";
import type { Rng } from "../../random/rng.ts";

/** A partition of the items. No group is empty. */
export interface ItemGroups {
  /** The group of each item. */
  readonly of: Int32Array; // [I]
  readonly count: number;
  /** Items of group z: `members[offsets[z] .. offsets[z + 1])`. */
  readonly offsets: Int32Array; // [Z + 1]
  readonly members: Int32Array; // [I]
}

/**
 * Groups items by the first of their attributes, or the first of those in `chosen`, in that order; items with none of
 * them are a group of their own.
 *
 * @throws TypeError where a chosen attribute is none of the data's.
 */
export function itemGroups(
  { items }: Catalogue,
  { offsets, targets, names }: Attributes,
  chosen: readonly string[] = names,
): ItemGroups {
  const unknown = chosen.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`Cannot group items by attribute "${unknown}": attributes are ${names.slice(0, 20).join(", ")}`);
  }
  const rank = new Int32Array(names.length).fill(chosen.length), found = new Int32Array(items);
  chosen.forEach((name, at) => rank[names.indexOf(name)] = at);
  for (let item = 0; item < items; item++) {
    found[item] = targets.subarray(offsets[item], offsets[item + 1]).reduce(
      (first, attribute) => Math.min(first, rank[attribute]!),
      chosen.length,
    );
  }
  const used = [...new Set(found)].sort((a, b) => a - b), of = found.map((group) => used.indexOf(group));
  const { offsets: starts, order } = countingSort(of, used.length);
  return { of, count: used.length, offsets: starts, members: order };
}

/** Draws that may hit a positive before those left are listed. */
const REJECTIONS = 64;

/** An unseen item: its group by `law` among those in which the user has one, then any of it. Uniform where those have no mass. */
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
