import { trueAffinity } from "../datasets/affinity.ts";
import type { Catalogue } from "../datasets/catalogue.ts";
import type { Dataset } from "../datasets/dataset.ts";
import type { SyntheticDataset } from "../datasets/synthetic.ts";
import { rankBy, type RankingOptions } from "../evaluation/full_ranking.ts";

/**
 * What a model must be read beside: ranking by popularity, and, where the data was generated, by the affinities that
 * generated it, which nothing can beat on average.
 */
export async function referenceMetrics(
  data: Dataset | SyntheticDataset,
  catalogue: Catalogue,
  options: RankingOptions,
): Promise<Readonly<Record<string, Readonly<Record<string, number>>>>> {
  const popular = Float32Array.from(catalogue.popularity);
  const flat = (found: { metrics: Readonly<Record<string, number>>; catalogue: Readonly<Record<string, number>> }) => ({
    ...found.metrics,
    ...found.catalogue,
  });
  const references = { "most popular": flat(await rankBy(() => popular, catalogue, data.test!, options)) };
  if (!("affinity" in data)) return references;
  const best = await rankBy((user) => trueAffinity(data.affinity, user), catalogue, data.test!, options);
  return { ...references, "best possible": flat(best) };
}
