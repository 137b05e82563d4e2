import { catalogue as catalogueOf } from "../datasets/catalogue.ts";
import { fullRanking } from "../evaluation/full_ranking.ts";
import { rankModel } from "../evaluation/rank_model.ts";
import { external } from "../models/external.ts";
import { seamText } from "../models/external/seam_text.ts";
import { understand } from "../models/external/understand.ts";
import { methodSpec } from "../options/method_spec.ts";
import { openRuntime } from "../runtime/providers.ts";
import { isFile, readingOf, withDataFor } from "./backbone_spec.ts";
import type { EvaluateValues } from "./evaluate.ts";
import { readBytesOf } from "./files.ts";
import type { Output } from "./output.ts";
import { heldOut, openTested, rankingOf, tell } from "./test_ranking.ts";

/** Ranks by a file as it stands: on the graphs of training, or, where it cannot be trained, as it is. */
export async function evaluateFile(
  values: EvaluateValues,
  model: string,
  output: Output,
): Promise<number> {
  const { name } = methodSpec("model", model);
  if (!isFile({ name })) throw new TypeError(`Cannot evaluate: --model expects an ONNX file, *.onnx; found "${model}"`);
  const bytes = await readBytesOf(name, "the model"), data = await openTested(withDataFor(values, [model]));
  const reading = readingOf({ backbone: model, freeze: null }), { seam, names } = understand(bytes, reading);
  const test = heldOut(data), catalogue = catalogueOf(data.train, data.metadata), options = rankingOf(values, data);
  const lines = seam instanceof TypeError ? [seam.message] : seamText(names, seam);
  for (const line of lines) output.say(line);
  if (seam instanceof TypeError) {
    await tell(values, await rankModel(bytes, reading, catalogue, test, options), data, catalogue, options, output);
    return 0;
  }
  const runtime = await openRuntime({ provider: values.provider, threads: values.threads });
  const evaluator = await fullRanking(runtime, external(bytes, reading), catalogue, test, options);
  await tell(values, await evaluator.evaluate(), data, catalogue, options, output);
  await evaluator.dispose();
  await runtime.dispose();
  return 0;
}
