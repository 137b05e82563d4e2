import { choice, integer, type Option, optionalReal, text, type Values } from "../options/option.ts";
import { dataOptions } from "./data_options.ts";
import { jobOptions } from "./jobs.ts";
import { spaceOption } from "./space_spec.ts";
import { drawingOptions, metricOptions, outputOptions, providerOptions, trainOptions } from "./train_options.ts";

/** An option that is searched where it is not given. */
const orSearched = (option: Option<number>): Option<number | null> => ({
  ...option,
  default: null,
  help: `${option.help}; without it, searched or ${option.default}`,
});

/** Every option of `tune`. */
export const tuneOptions = {
  ...dataOptions,
  sampler: text("dns", "negative sampler, whose options that are not given are searched; auto is several"),
  backbone: trainOptions.backbone,
  freeze: trainOptions.freeze,
  loss: trainOptions.loss,
  optimizer: trainOptions.optimizer,
  lr: optionalReal("learning rate; without it, searched or the optimiser's own", { min: 0 }),
  l2: orSearched(trainOptions.l2),
  batchSize: orSearched(trainOptions.batchSize),
  dropLast: trainOptions.dropLast,
  visit: trainOptions.visit,
  ...drawingOptions,
  init: trainOptions.init,
  space: spaceOption,
  strategy: choice(
    ["asha", "halving", "random"],
    "asha",
    "which trials go on: asynchronous or synchronous successive halving, or all of them to their end",
  ),
  trials: {
    ...integer(0, "configurations to try (default 27; with --minutes at most 1000)", { min: 1 }),
    default: null,
  } as Option<number | null>,
  minutes: optionalReal("end the search after so many, wherever it is; its parts before Ctrl-C count", {
    min: 0,
    max: 20_000,
  }),
  eta: integer(3, "one trial in so many goes on from a rung to the next", { min: 2 }),
  rungs: integer(3, "times at which trials are compared: after E, E / eta, E / eta^2, ... epochs", { min: 1 }),
  epochs: trainOptions.epochs,
  seed: integer(0, "decides what is drawn, and is the seed of every trial"),
  selectBy: text("ndcg@20", "metric on validation that picks the best epoch and the best trial"),
  evaluateEvery: trainOptions.evaluateEvery,
  patience: trainOptions.patience,
  ...jobOptions,
  ...metricOptions,
  ...providerOptions,
  out: text(null, "folder of the search; without it, runs/<data>-tune"),
  ...outputOptions,
} as const;
export type TuneValues = Values<typeof tuneOptions>;
