import type { Catalogue } from "./catalogue.ts";
import { countingSort } from "./counting_sort.ts";
import type { Attributes } from "./metadata.ts";

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
 * Groups items by the first of their attributes, in the order of their names as a whole and not of each item, or by the
 * first of those in `chosen`, in that order; items with none of them are a group of their own.
 *
 * @throws TypeError where a chosen attribute is none of the data's.
 */
export function itemGroups(
  { items }: Pick<Catalogue, "items">,
  { offsets, targets, names }: Attributes,
  chosen: readonly string[] = names,
): ItemGroups {
  const ids = new Map(names.map((name, id) => [name, id] as const)), unknown = chosen.find((name) => !ids.has(name));
  if (unknown !== undefined) {
    throw new TypeError(
      `Cannot group items by attribute "${unknown}": attributes are ${names.slice(0, 20).join(", ")}`,
    );
  }
  const rank = new Int32Array(names.length).fill(chosen.length), found = new Int32Array(items);
  chosen.forEach((name, at) => rank[ids.get(name)!] = at);
  for (let item = 0; item < items; item++) {
    found[item] = targets.subarray(offsets[item], offsets[item + 1]).reduce(
      (first, attribute) => Math.min(first, rank[attribute]!),
      chosen.length,
    );
  }
  const used = [...new Set(found)].sort((a, b) => a - b),
    number = new Map(used.map((group, at) => [group, at] as const));
  const of = found.map((group) => number.get(group)!);
  const { offsets: starts, order } = countingSort(of, used.length);
  return { of, count: used.length, offsets: starts, members: order };
}
