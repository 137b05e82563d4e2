import { choice, flag, integer, text, type Values } from "../options/option.ts";
import { recipeOptions } from "../recipes/options.ts";
import { dataOptions } from "./data_options.ts";
import { rankedAsOptions } from "./ranked_as.ts";

/** What ranking is measured by: shared by `train` and `evaluate`. */
export const metricOptions = {
  metrics: text(
    "recall,ndcg,precision,hit,mrr,map",
    "metrics to print, comma separated; cold5/ndcg: of items met at most 5 times in training; tail/ndcg: of a cohort; " +
      "balance: of the hits of head, mid and tail; dispersion: of recall over users; sampled100/ndcg: among 100 drawn items",
  ),
  at: text("10,20,50", "list lengths K, comma separated"),
  ...rankedAsOptions,
  memory: integer(256, "MiB of scores held at a time while ranking", { min: 1 }),
  workers: integer(
    0,
    "threads that rank, on the CPU; 0 is one for each core where there is enough to rank; unless 1, one draws candidates ahead while training",
    { min: 0 },
  ),
} as const;

/** What negatives are drawn from, whichever sampler draws them. */
export const drawingOptions = {
  exclude: choice(
    ["train", "train+valid", "none"],
    "train",
    "what is never drawn as a negative of its user; with train+valid what validation measures is optimistic",
  ),
  distinct: flag(false, "the uniform candidates of a row differ, where there are enough; without it they may repeat"),
} as const;

/** How variables are held and where graphs run: shared by all commands that run graphs. */
export const providerOptions = {
  provider: choice(
    ["auto", "wasm", "native", "webgpu"],
    "auto",
    "where graphs run; auto is WebGPU on a real GPU, else WASM; native is onnxruntime-node, fetched when first asked for",
  ),
  threads: integer(0, "threads of the native provider; 0 is one for each core", { min: 0 }),
} as const;

/** How a command talks. */
export const outputOptions = {
  json: flag(false, "print JSON lines on stdout; people are told on stderr"),
  quiet: flag(false, "say nothing but errors (and --json)"),
} as const;

/** Every option of `train`, in flags and in YAML. Methods are written name:option=value,option=value. */
export const trainOptions = {
  ...dataOptions,
  recipe: text(
    null,
    "backbone, sampler, loss and their options that go together: fast, strong, sequential, or a YAML file; flags override it; without it the data pick one, unless --backbone, --sampler, --loss, --optimizer, --lr, --l2, --batch-size, --drop-last or --visit is given",
  ),
  backbone: recipeOptions.backbone,
  freeze: text(
    null,
    "initialisers of a --backbone file that are not trained, parted by commas; * stands for any characters",
  ),
  sampler: recipeOptions.sampler,
  loss: recipeOptions.loss,
  optimizer: recipeOptions.optimizer,
  lr: recipeOptions.lr,
  init: text(
    null,
    "folder of a trained run whose weights training starts from, users and items by their ids",
  ),
  epochs: recipeOptions.epochs,
  batchSize: recipeOptions.batchSize,
  dropLast: recipeOptions.dropLast,
  visit: recipeOptions.visit,
  l2: recipeOptions.l2,
  ...drawingOptions,
  seed: integer(0, "decides initial weights, order and every draw"),
  select: choice(
    ["valid", "test", "last"],
    "valid",
    "what picks the best epoch: held-out interactions, the test set (as the papers do; the result is then optimistic), or nothing: the last one",
  ),
  selectBy: text("ndcg@20", "metric that picks the best epoch"),
  evaluateEvery: recipeOptions.evaluateEvery,
  patience: recipeOptions.patience,
  refit: recipeOptions.refit,
  ...metricOptions,
  ...providerOptions,
  out: text(null, "folder of the run; without it, runs/<data>-<backbone>-<sampler>-<loss>-<seed>"),
  resume: flag(false, "go on where the run in --out stopped"),
  ...outputOptions,
} as const;
export type TrainValues = Values<typeof trainOptions>;
