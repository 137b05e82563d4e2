import { type Option, text, type Values } from "../options/option.ts";
import { baselines, usualBaselines } from "../studies/baselines.ts";
import { dataOptions } from "./data_options.ts";
import { LIST } from "./flags.ts";
import { rankedAsOptions } from "./ranked_as.ts";
import { drawingOptions, outputOptions, providerOptions, trainOptions } from "./train_options.ts";

/** What a method of a study may have of its own; the rest is the protocol, which all share. */
export const methodOptions = {
  sampler: trainOptions.sampler,
  backbone: trainOptions.backbone,
  freeze: trainOptions.freeze,
  loss: trainOptions.loss,
  optimizer: trainOptions.optimizer,
  lr: trainOptions.lr,
  epochs: trainOptions.epochs,
  batchSize: trainOptions.batchSize,
  dropLast: trainOptions.dropLast,
  visit: trainOptions.visit,
  l2: trainOptions.l2,
  ...drawingOptions,
  init: trainOptions.init,
} as const;
export type MethodValues = Values<typeof methodOptions>;
/** What holds where a method does not say otherwise. */
export type SharedValues = Omit<MethodValues, "sampler">;

/** Entries as they are given: text, mappings of {@link methodOptions} and a label, or a list of those. */
export const entries = (what: string, help: string): Option<readonly unknown[] | null> => ({
  default: null,
  help,
  takes: `${LIST} ${what}`,
  read: (given) => Array.isArray(given) ? given : isOne(given) ? [given] : undefined,
});
const isOne = (given: unknown) => typeof given === "string" || (typeof given === "object" && given !== null);

const methods = entries(
  "methods",
  "methods to compare, each with a sampler of its own; the others are tested against the first: rns,dns:pool=32,ahns",
);

const whole = (given: unknown): number => /^\s*\d+\s*$/.test(String(given)) ? Number(given) : NaN;
const seeds: Option<readonly number[]> = {
  default: [0, 1, 2, 3, 4],
  help: "how many seeds, from 0, or which: 5 is 0,1,2,3,4, and 7, with a comma is seed 7 alone",
  takes: "how many seeds there are, or seeds parted by commas",
  read(given) {
    const one = typeof given === "number" || (typeof given === "string" && !given.includes(","));
    const parts = Array.isArray(given) ? given : String(given).split(",").filter((part) => part.trim() !== "");
    const found = one ? Array.from({ length: whole(given) || 0 }, (_, seed) => seed) : parts.map(whole);
    return found.length > 0 && !found.some(Number.isNaN) ? [...new Set(found)] : undefined;
  },
};

/** Every option of `compare`. Those of {@link methodOptions} hold where a method does not say otherwise. */
export const compareOptions = {
  ...dataOptions,
  samplers: methods,
  backbone: methodOptions.backbone,
  freeze: methodOptions.freeze,
  loss: methodOptions.loss,
  optimizer: methodOptions.optimizer,
  lr: methodOptions.lr,
  epochs: methodOptions.epochs,
  batchSize: methodOptions.batchSize,
  dropLast: methodOptions.dropLast,
  visit: methodOptions.visit,
  l2: methodOptions.l2,
  ...drawingOptions,
  init: methodOptions.init,
  seeds,
  baselines: text(
    usualBaselines.join(","),
    `methods without training in the same table, of ${Object.keys(baselines).join(", ")}; or none`,
  ),
  select: trainOptions.select,
  selectBy: trainOptions.selectBy,
  evaluateEvery: trainOptions.evaluateEvery,
  patience: trainOptions.patience,
  refit: trainOptions.refit,
  metrics: text("ndcg@20,recall@20", "metrics of the table, on test; the tests that it shows are of the first"),
  ...rankedAsOptions,
  memory: trainOptions.memory,
  workers: trainOptions.workers,
  ...providerOptions,
  out: text(null, "folder of the study; without it, runs/<data>-compare"),
  ...outputOptions,
} as const;
export type CompareValues = Values<typeof compareOptions>;
