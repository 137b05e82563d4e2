import { type Catalogue, catalogue as catalogueOf } from "../datasets/catalogue.ts";
import { COHORTS, cohorts } from "../datasets/cohorts.ts";
import type { Interactions } from "../datasets/interactions.ts";
import { groupsOf } from "./dispersion.ts";
import { type Metric, metrics as known } from "./metrics.ts";
import { type MetricAt, parseMetric } from "./parse_metric.ts";
import { withItems } from "./with_items.ts";

/** A metric that is measured on its own. */
export interface Measure {
  readonly key: string;
  readonly metric: Metric;
  readonly k: number;
}

/** Metrics that look at the same held-out items and the same lists. */
export interface View {
  readonly truth: Catalogue;
  /** Train interactions of the most popular candidate there may be. */
  readonly limit: number;
  /** How many drawn candidates there are; without it, all. */
  readonly sampled?: number;
  readonly measures: readonly Measure[];
}

/** The name of the recall of each user, which a dispersion is of. */
export const userKey = (name: string): string => `${name}#users`;

/** The names of what a balance is the balance of, by cohort. */
export const balancedKeys = (name: string): readonly string[] => COHORTS.map((cohort) => `${name}#${cohort}`);

/**
 * The views that metrics of these names take: of a balance, one for each cohort of which something is held out; of a
 * coverage, or a dispersion over items, none.
 *
 * @param all what is held out, as a catalogue.
 * @throws TypeError where a metric is unknown, nothing is held out that it could be measured on, or the items have no groups.
 */
export function viewsOf(
  names: readonly string[],
  seen: Catalogue,
  held: Interactions,
  all: Catalogue = catalogueOf(held),
): readonly View[] {
  const { popularity } = seen, cohortOf = cohorts(popularity).of;
  const wanted = names.flatMap((name) => {
    const at = parseMetric(name);
    if (at.dispersion === "items") groupsOf(seen);
    if (at.coverage || at.dispersion === "items") return []; // of the lists as they are
    if (at.dispersion) return [{ name, key: userKey(name), at }];
    return at.balance
      ? balancedKeys(name).map((key, cohort) => ({ name, key, at: { ...at, cohort: COHORTS[cohort]! } }))
      : [{ name, key: name, at }];
  });
  const groups = Map.groupBy(wanted, ({ at: { cold, only, cohort, sampled } }) => [cold, only, cohort, sampled].join());
  return [...groups.values()].flatMap((group): View[] => {
    const { cold = Infinity, only, cohort, sampled } = group[0]!.at as MetricAt;
    const counts = (item: number) =>
      popularity[item]! <= cold && (cohort === undefined || COHORTS[cohortOf[item]!] === cohort);
    const isAll = cold === Infinity && cohort === undefined;
    const truth = isAll ? all : catalogueOf(withItems(held, counts)), asked = group.find(({ at }) => !at.balance);
    if (truth.positives.length === 0 && !isAll) {
      if (!asked) return []; // a balance counts such a cohort as never hit
      const why = cohort === undefined ? `has at most ${cold} train interactions` : `is of the ${cohort}`;
      throw new TypeError(`Cannot evaluate by "${asked.name}": no held-out item ${why}`);
    }
    return [{
      truth,
      limit: only ? cold : Infinity,
      ...sampled !== undefined && { sampled },
      measures: group.map(({ key, at: { name, k } }) => ({ key, metric: known[name], k })),
    }];
  });
}
