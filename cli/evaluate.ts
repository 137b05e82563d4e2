import { fullRanking } from "../evaluation/full_ranking.ts";
import { backbones } from "../models/mod.ts";
import { flag, text, type Values } from "../options/option.ts";
import { openRuntime } from "../runtime/providers.ts";
import { dataOptions, openData, withValidation } from "./data_options.ts";
import { makeMethod, methodSpec } from "./method_spec.ts";
import { metricNames, metricsTable } from "./metrics_text.ts";
import { openOutput } from "./output.ts";
import { referenceMetrics } from "./references.ts";
import { readIds, readModel } from "./run_folder.ts";
import { metricOptions, outputOptions, providerOptions } from "./train_options.ts";

export const evaluateOptions = {
  run: text(null, "folder of a run of `train`"),
  ...dataOptions,
  maskValid: flag(true, "leave the interactions held out to select by out of the lists, as seen"),
  ...metricOptions,
  ...providerOptions,
  ...outputOptions,
} as const;

/** `evaluate`: ranks the whole catalogue for the users of a test set with a trained model. */
export async function evaluateCommand(values: Values<typeof evaluateOptions>): Promise<number> {
  const output = openOutput(values);
  if (values.run === null) throw new TypeError("Cannot evaluate: --run says which folder holds the trained model");
  const model = await readModel(values.run), ids = await readIds(values.run);
  const data = withValidation(await openData(values), values), { catalogue } = model;
  const { test, valid } = data;
  if (!test || test.users.length === 0) throw new TypeError(`Cannot evaluate: "${data.name}" has no test interactions`);
  if (ids.items.length !== data.train.itemCount || ids.users.length !== data.train.userCount) {
    throw new TypeError(
      `Cannot evaluate: the model knows ${ids.users.length} users and ${ids.items.length} items, ` +
        `"${data.name}" has ${data.train.userCount} and ${data.train.itemCount}`,
    );
  }
  const runtime = await openRuntime({ provider: values.provider });
  await runtime.load(model.weights);
  const options = {
    metrics: metricNames(values),
    memory: values.memory * 2 ** 20,
    alsoSeen: valid && values.maskValid ? [valid] : [],
  };
  const backbone = makeMethod(backbones, "backbone", methodSpec("backbone", model.backbone));
  const evaluator = await fullRanking(runtime, backbone, catalogue, test, options);
  const found = await evaluator.evaluate();
  await evaluator.dispose();
  await runtime.dispose();
  const measured = { ...found.metrics, ...found.catalogue },
    references = await referenceMetrics(data, catalogue, options);
  output.result(
    { event: "test", test: measured, references },
    metricsTable("test, full ranking", { model: measured, ...references }),
  );
  return 0;
}
