import type { Catalogue } from "../datasets/catalogue.ts";
import { type ItemGroups, itemGroups } from "../datasets/item_groups.ts";

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

/** Where lists have what users took. */
interface Listed {
  readonly truth: Pick<Catalogue, "positives">;
  /** Of each of the positives, in parts: its rank in its user's list, -1 where it is not there. */
  readonly ranks: readonly Int32Array[];
  readonly groups: Pick<ItemGroups, "of" | "count">;
}

/**
 * Recall of each group of items of which something is held out: the share of that which is among the first `k` of its
 * user's list, over all users together (FairNeg, Chen et al., WWW 2023).
 */
export function groupRecalls({ truth: { positives }, ranks, groups }: Listed, k: number): readonly number[] {
  const held = new Float64Array(groups.count), hit = new Float64Array(groups.count);
  let at = 0;
  for (const part of ranks) {
    for (const rank of part) {
      const group = groups.of[positives[at++]!]!;
      held[group]!++;
      if (rank >= 0 && rank < k) hit[group]!++;
    }
  }
  return [...held.keys()].filter((group) => held[group]! > 0).map((group) => hit[group]! / held[group]!);
}

/** The mean of values, NaN of none. */
export const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
