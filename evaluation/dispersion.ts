import type { Catalogue } from "../datasets/catalogue.ts";
import { type ItemGroups, itemGroups } from "../datasets/item_groups.ts";
import { lowerBound } from "../datasets/lower_bound.ts";

/** Groups of users by activity. */
const QUARTERS = 4;

/** The standard deviation of the values of groups, over `mean`, by default theirs: 0 where all are the same, or 0. */
export function dispersion(values: readonly number[], mean = meanOf(values)): number {
  const center = meanOf(values), squares = values.map((x) => (x - center) ** 2);
  return mean > 0 ? Math.sqrt(meanOf(squares)) / mean : 0;
}

/** Means over quarters of the users by their `activity`, fewest train interactions first, ties by place (DivNS' code). */
export function byActivity(values: readonly number[], activity: readonly number[]): readonly number[] {
  const order = values.map((_, at) => at).sort((a, b) => activity[a]! - activity[b]! || a - b);
  return Array.from({ length: QUARTERS }, (_, quarter) => {
    const bound = (q: number) => Math.round(q * order.length / QUARTERS);
    return order.slice(bound(quarter), bound(quarter + 1)).map((at) => values[at]!);
  }).filter((group) => group.length > 0).map(meanOf);
}

/** Groups of items by their first attribute. @throws TypeError where the data have no attributes. */
export function groupsOf(seen: Catalogue): ItemGroups {
  const { attributes } = seen.metadata;
  if (attributes) return itemGroups(seen, attributes);
  throw new TypeError(
    "Cannot evaluate by group-dispersion: the data have no item attributes; --attributes names a file of them",
  );
}

/** What was listed for whom, and what they took. */
interface Listed {
  readonly users: Int32Array;
  /** In parts, `longest` items each, -1 where a list is short. */
  readonly lists: readonly Int32Array[];
  readonly longest: number;
  readonly truth: Catalogue;
  readonly groups: Pick<ItemGroups, "of" | "count">;
}

/**
 * Recall of each group of items of which something is held out: the share of that which is among the first `k` of its
 * user's list, over all users together (FairNeg, Chen et al., WWW 2023).
 */
export function groupRecalls({ users, lists, longest, truth, groups }: Listed, k: number): readonly number[] {
  const { offsets, positives } = truth, held = new Float64Array(groups.count), hit = new Float64Array(groups.count);
  let user = 0;
  for (const part of lists) {
    for (let from = 0; from < part.length; from += longest, user++) {
      const start = offsets[users[user]!]!, end = offsets[users[user]! + 1]!;
      for (let at = start; at < end; at++) held[groups.of[positives[at]!]!]!++;
      for (const item of part.subarray(from, from + Math.min(k, longest))) {
        const at = item < 0 ? end : lowerBound(positives, start, end, item);
        if (at < end && positives[at] === item) hit[groups.of[item]!]!++;
      }
    }
  }
  return [...held.keys()].filter((group) => held[group]! > 0).map((group) => hit[group]! / held[group]!);
}

const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
