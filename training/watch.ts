import type { Batch } from "../datasets/batching.ts";
import { type Catalogue, catalogue as catalogueOf } from "../datasets/catalogue.ts";
import { cohorts } from "../datasets/cohorts.ts";
import type { Interactions } from "../datasets/interactions.ts";
import { SeenItems } from "../datasets/negatives.ts";
import type { TensorData } from "../graphs/tensor.ts";
import { Diversity } from "./diversity.ts";
import type { ItemsReport, NegativesReport } from "./negatives_report.ts";
import { NearestItems } from "./nearest_items.ts";
import { Quantiles } from "./quantiles.ts";
import { ScoreBins } from "./score_bins.ts";
import { type Watched, watchedNames } from "./watched.ts";
import type { Probe } from "../samplers/sampler.ts";

/** A positive that scores no higher has no hardness: the ratio says nothing. */
const LEAST_POSITIVE = 1e-3;
/** A pair whose gradient is below this teaches nothing. */
const ZERO_GRADIENT = 1e-3;
/** Ratios kept for the median; of more, every n-th is. */
const KEPT_RATIOS = 2 ** 16;

/** Looks at the negatives of each step, and says at an epoch's end what they were. */
export interface Watch {
  see(outputs: Readonly<Record<string, TensorData>>, batch: Batch): void;
  /** What was seen since the last report. */
  report(probe: Probe): Promise<NegativesReport | undefined>;
}

/** Opens a watch over epochs of `steps` steps. False negatives are counted against `heldOut`; `seen` is what was not drawn. */
export function openWatch(
  catalogue: Catalogue,
  watched: Watched,
  steps: number,
  heldOut: readonly Interactions[],
  seen: SeenItems,
): Watch {
  const { width, rows, sources, vector } = watched, { users, items, popularity } = catalogue;
  const held = heldOut.map((part) => new SeenItems(catalogueOf(part)));
  const isHeld = (user: number, item: number) => held.some((part) => part.has(user, item));
  const bases = new Float64Array(users).fill(-1);
  /** The share of held-out items among all that might be drawn for a user. */
  const baseOf = (user: number) => {
    if (bases[user]! >= 0) return bases[user]!;
    const hidden = new Set(held.flatMap((part) => [...part.of(user)]));
    const drawable = [...hidden].filter((item) => !seen.has(user, item)).length;
    return bases[user] = drawable / Math.max(1, seen.unseenCount(user));
  };
  const cohortOf = cohorts(popularity).of, stride = Math.max(1, Math.ceil(steps * rows * width / KEPT_RATIOS));
  const open = () => ({
    pairs: 0,
    bins: new ScoreBins(steps * rows * width),
    skipped: 0,
    nonFinite: 0,
    zero: 0,
    gradient: 0,
    ratios: { sum: 0, count: 0, kept: [] as number[] },
    ids: { count: 0, hits: 0, base: 0, popularity: 0, cohorts: [0, 0, 0], found: new Uint8Array(items), unique: 0 },
    made: new Diversity(users, vector),
    ofItems: new Diversity(users, 0),
    quantiles: new Quantiles(seen, steps * rows * sources),
    nearest: new NearestItems(items, steps * rows * width),
  });
  let now = open();

  const seePair = (positive: number, negative: number) => {
    now.pairs++;
    const finite = Number.isFinite(positive) && Number.isFinite(negative);
    if (finite) now.bins.see(positive, negative);
    else now.nonFinite++;
    const gradient = 1 / (1 + Math.exp(positive - negative)); // sigmoid(s- - s+)
    now.gradient += gradient;
    if (gradient < ZERO_GRADIENT) now.zero++;
    if (!finite || !(positive > LEAST_POSITIVE)) return void now.skipped++;
    const ratio = negative / positive, { ratios } = now;
    ratios.sum += ratio;
    if (ratios.count++ % stride === 0) ratios.kept.push(ratio);
  };
  const seeItem = (user: number, item: number) => {
    const { ids } = now;
    now.ofItems.item(user, item);
    now.quantiles.see(user, item);
    ids.count++;
    if (held.length > 0) {
      if (isHeld(user, item)) ids.hits++;
      ids.base += baseOf(user);
    }
    ids.popularity += popularity[item]!;
    ids.cohorts[cohortOf[item]!]!++;
    if (ids.found[item] === 0) ids.unique++;
    ids.found[item] = 1;
  };
  const seeMade = (user: number, vector: Float32Array) => {
    now.made.vector(user, vector);
    if (sources === 0) now.nearest.see(user, vector);
  };
  const itemsReport = async (probe: Probe): Promise<ItemsReport | null> => {
    for (const { user, item } of await now.nearest.find(probe)) seeItem(user, item);
    const { count, hits, base, popularity, cohorts, unique } = now.ids;
    if (count === 0) return null;
    const [head, mid, tail] = cohorts.map((each) => each / count) as [number, number, number];
    const falseNegatives = held.length > 0 ? { rate: hits / count, base: base / count } : null;
    return {
      falseNegatives,
      cosineDistance: await now.ofItems.mean(probe),
      quantile: await now.quantiles.mean(probe),
      ...{ popularity: popularity / count, head, mid, tail, unique: unique / count },
    };
  };
  return {
    see(outputs, batch) {
      const { positive, negative, mask, ids, vectors } = named(outputs), count = Math.min(rows, batch.rows);
      for (let row = 0; row < count; row++) {
        const user = batch.users[row]!;
        for (let at = row * width; at < (row + 1) * width; at++) {
          if (mask && mask[at] === 0) continue;
          seePair(positive[row]!, negative[at]!);
          if (vector > 0) seeMade(user, vectors!.subarray(at * vector, (at + 1) * vector));
          if (ids && sources === width) seeItem(user, ids[at]!);
        }
        // made of several items, or of fewer than there are negatives: each counts once
        if (ids && sources !== width) {
          for (const item of ids.subarray(row * sources, (row + 1) * sources)) if (item >= 0) seeItem(user, item);
        }
      }
    },
    async report(probe) {
      const { pairs, bins, skipped, nonFinite, zero, gradient, ratios, made } = now,
        kept = Float64Array.from(ratios.kept).sort(); // a comparator would take five times as long
      const found = await itemsReport(probe);
      const cosineDistance = vector > 0 ? await made.mean(probe) : found?.cosineDistance ?? null;
      now = open();
      if (pairs === 0) return undefined;
      return {
        pairs,
        hardness: {
          mean: ratios.count > 0 ? ratios.sum / ratios.count : null,
          median: kept[kept.length >> 1] ?? null,
          skipped: skipped / pairs,
        },
        nonFinite: nonFinite / pairs,
        byPositive: bins.report(),
        zeroGradient: zero / pairs,
        gradient: gradient / pairs,
        cosineDistance,
        items: found,
      };
    },
  };
}

const named = (outputs: Readonly<Record<string, TensorData>>) => ({
  positive: outputs[watchedNames.positive] as Float32Array,
  negative: outputs[watchedNames.negative] as Float32Array,
  mask: outputs[watchedNames.mask] as Float32Array | undefined,
  ids: outputs[watchedNames.ids] as Int32Array | undefined,
  vectors: outputs[watchedNames.vectors] as Float32Array | undefined,
});
