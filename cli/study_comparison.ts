import { parseMetric } from "../evaluation/parse_metric.ts";
import { find } from "../options/method.ts";
import { baselines as registry } from "../studies/baselines.ts";
import { withDataFor } from "./backbone_spec.ts";
import { metricNames, withFull } from "./metrics_text.ts";
import { type OpenedProtocol, openProtocol } from "./protocol_options.ts";
import type { StudyMethod } from "./study_methods.ts";
import type { CompareValues } from "./study_options.ts";
import { checkRefit } from "./refit_run.ts";
import { openPlaces, type Places } from "./study_places.ts";
import { makeRecipe } from "./train_parts.ts";
import { trainOptions } from "./train_options.ts";

/** Methods under one protocol: a whole `compare`, or what a `study` does with one of its datasets. */
export interface Comparison {
  readonly values: CompareValues;
  readonly methods: readonly StudyMethod[];
  /** What needs no training, by name. */
  readonly baselines: readonly string[];
  /** Metrics of the table, the first of which is tested. */
  readonly wanted: readonly string[];
}

/** Measured in every trial, so that another choice of `--metrics` finds them. */
const STANDARD = metricNames({ metrics: trainOptions.metrics.default, at: trainOptions.at.default });

/** A comparison of which all can be made: what cannot is said before anything is read or trained. */
export function comparison(values: CompareValues, methods: readonly StudyMethod[]): Comparison {
  const wanted = withFull(words(values.metrics).map((name) => name.toLowerCase()));
  if (wanted.length === 0) throw new TypeError("Cannot compare: --metrics says by what, such as ndcg@20");
  checkRefit(values);
  for (const { values: own } of methods) makeRecipe({ ...values, ...own, seed: 0 });
  wanted.forEach(parseMetric);
  const baselines = values.baselines === "none" ? [] : words(values.baselines);
  baselines.forEach((name) => find(registry, "baseline", name));
  return { values, methods, baselines, wanted };
}

const words = (text: string | null) => (text ?? "").split(",").map((word) => word.trim()).filter(Boolean);

/** A comparison whose data are loaded. */
export interface LoadedComparison extends Comparison, OpenedProtocol {}

/** One that knows where its trials lie, too. */
export interface OpenedComparison extends LoadedComparison {
  readonly places: Places;
}

/** Loads the data of a comparison. @throws TypeError where there is nothing to test on. */
export async function loadComparison(given: Comparison): Promise<LoadedComparison> {
  const { values, methods, wanted } = given, metrics = [...new Set([...STANDARD, ...wanted])];
  const opened = await openProtocol(withDataFor(values, methods.map(({ values: own }) => own.backbone)), metrics);
  if (opened.protocol.testing) return { ...given, ...opened };
  throw new TypeError(`Cannot compare: "${opened.data.name}" has no test interactions`);
}

/** A comparison whose trials lie under `folder`. */
export async function openComparison(loaded: LoadedComparison, folder: string): Promise<OpenedComparison> {
  const { data, values, protocol: { metrics } } = loaded;
  return { ...loaded, places: await openPlaces(folder, data, values, metrics) };
}
