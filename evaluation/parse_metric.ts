import { type Cohort, COHORTS } from "../datasets/cohorts.ts";
import { metrics } from "./metrics.ts";

/** A metric at a list length, of all held-out items or of some. */
export interface MetricAt {
  readonly name: keyof typeof metrics;
  readonly k: number;
  /** The held-out items that count: those with at most so many train interactions. */
  readonly cold?: number;
  /** Whether such items are also the only candidates; else all that are unseen are. */
  readonly only?: boolean;
  /** The held-out items that count: those of a cohort by train interactions. */
  readonly cohort?: Cohort;
  /** Whether it is the balance of the metric over the cohorts. */
  readonly balance?: true;
  /** Whether it is the share of the items that are in some list of length `k`: of all lists, whatever is held out. */
  readonly coverage?: true;
  /** Whether it is how far recall differs between groups of users, or of items: of all lists, less is better. */
  readonly dispersion?: "users" | "items";
  /** Each held-out item is ranked among so many drawn ones, not among all. */
  readonly sampled?: number;
}

const NAME =
  /^(?:sampled(?<sampled>[0-9]+)\/)?(?:(?<only>only-)?cold(?<cold>[0-9]+)\/|(?<cohort>head|mid|tail)\/)?(?<name>[a-z-]+)@(?<k>[0-9]+)$/;
/** Other names of metrics: HR, the hit rate. */
const ALIASES: Readonly<Record<string, string>> = { hr: "hit" };
const DISPERSIONS: Readonly<Record<string, "users" | "items">> = { dispersion: "users", "group-dispersion": "items" };

/**
 * Reads a name such as `ndcg@20` (or `hr@10`, the same as `hit@10`). What is before a slash says of which held-out items:
 * `cold5/ndcg@20`, `only-cold5/ndcg@20`, `head/hit@10`, `mid/...`, `tail/...`; before that, `sampled100/` says that each is
 * ranked among 100 drawn items. `balance@10` is 1 - Gini of `head/hit@10`, `mid/hit@10` and `tail/hit@10`; `coverage@10`
 * the share of the items that are in some list of ten; `dispersion@10` and `group-dispersion@10` how far recall differs
 * between users of different activity, and between groups of items.
 *
 * @throws TypeError saying what names there are.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseMetric } from "./parse_metric.ts";
 *
 * assert.deepEqual(parseMetric("ndcg@20"), { name: "ndcg", k: 20 });
 * assert.deepEqual(parseMetric("only-cold5/hit@10"), { name: "hit", k: 10, cold: 5, only: true });
 * assert.deepEqual(parseMetric("sampled100/tail/hr@10"), { name: "hit", k: 10, cohort: "tail", sampled: 100 });
 * assert.deepEqual(parseMetric("balance@10"), { name: "hit", k: 10, balance: true });
 * ```
 */
export function parseMetric(text: string): MetricAt {
  const { sampled, only, cold, cohort, name: given = "", k = "" } = NAME.exec(text.trim().toLowerCase())?.groups ?? {};
  const balance = given === "balance", coverage = given === "coverage";
  const dispersion = Object.hasOwn(DISPERSIONS, given) ? DISPERSIONS[given] : undefined,
    ofAll = coverage || dispersion !== undefined;
  const name = balance || coverage ? "hit" : dispersion ? "recall" : ALIASES[given] ?? given;
  const some = cold !== undefined || cohort !== undefined;
  const makesSense = !(balance && some) && !(ofAll && (some || sampled !== undefined)) &&
    !(sampled !== undefined && (only !== undefined || Number(sampled) === 0));
  if (Object.hasOwn(metrics, name) && Number(k) > 0 && makesSense) {
    return {
      name: name as MetricAt["name"],
      k: Number(k),
      ...cold !== undefined && { cold: Number(cold), only: only !== undefined },
      ...cohort !== undefined && { cohort: COHORTS.find((known) => known === cohort)! },
      ...balance && { balance },
      ...coverage && { coverage },
      ...dispersion && { dispersion },
      ...sampled !== undefined && { sampled: Number(sampled) },
    };
  }
  throw new TypeError(
    `There is no metric "${text}"; metrics are ${
      Object.keys(metrics).join(", ")
    }, balance, coverage, dispersion, group-dispersion at a length, such as ndcg@20, ` +
      "also of items with few train interactions, such as cold5/ndcg@20 or only-cold5/ndcg@20, of a cohort, such as " +
      "head/ndcg@20, mid/... or tail/..., and among drawn candidates, such as sampled100/ndcg@20",
  );
}
