import type { Dataset } from "../datasets/dataset.ts";
import type { Interactions } from "../datasets/interactions.ts";
import { fullRanking } from "../evaluation/full_ranking.ts";
import { openRuntime } from "../runtime/providers.ts";
import type { EvaluateValues } from "./evaluate.ts";
import type { OpenedRun } from "./opened_run.ts";
import type { Output } from "./output.ts";
import { leaks, seenIn } from "./start.ts";
import { rankingOf, tell } from "./test_ranking.ts";

/** Ranks with a run's model as it stands, and says how good that is, and where it is optimistic. */
export async function rankRun(
  values: EvaluateValues,
  run: OpenedRun,
  data: Dataset,
  test: Interactions,
  output: Output,
): Promise<void> {
  const { weights, backbone, catalogue, past } = withAttributes(run, data);
  const runtime = await openRuntime({ provider: values.provider, threads: values.threads });
  try {
    await runtime.load(weights);
    const options = rankingOf(values, data), evaluator = await fullRanking(runtime, backbone, catalogue, test, options);
    const ranked = await evaluator.evaluate();
    await evaluator.dispose();
    await tell(values, ranked, data, catalogue, options, output);
  } finally {
    await runtime.dispose();
  }
  for (const note of past ? leaks(null, { seen: seenIn(past, { test }) }) : []) output.say(note);
}

/** A model whose backbone reads no attributes is saved without them; what groups items by them has those of the data. */
function withAttributes(run: OpenedRun, { metadata }: Dataset): OpenedRun {
  const { backbone, catalogue } = run;
  if (!metadata?.attributes || backbone.reads?.includes("attributes")) return run;
  const attributes = { attributes: metadata.attributes };
  return { ...run, catalogue: { ...catalogue, metadata: { ...catalogue.metadata, ...attributes } } };
}
