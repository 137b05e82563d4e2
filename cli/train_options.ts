import { choice, flag, integer, optionalReal, real, text, type Values } from "../options/option.ts";
import { among, byMagnitude } from "../options/searched.ts";
import { dataOptions } from "./data_options.ts";
import { rankedAsOptions } from "./ranked_as.ts";

/** What ranking is measured by: shared by `train` and `evaluate`. */
export const metricOptions = {
  metrics: text(
    "recall,ndcg,precision,hit,mrr,map",
    "metrics to print, comma separated; cold5/ndcg: of items met at most 5 times in training; tail/ndcg: of a cohort; " +
      "balance: of the hits of head, mid and tail; sampled100/ndcg: among 100 drawn items",
  ),
  at: text("10,20,50", "list lengths K, comma separated"),
  ...rankedAsOptions,
  memory: integer(256, "MiB of scores held at a time while ranking", { min: 1 }),
  workers: integer(0, "threads that rank, on the CPU; 0 is one for each core where there is enough to rank", {
    min: 0,
  }),
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
  backbone: text("mf", "scoring model, such as mf:dim=64; see `list`; or an ONNX file"),
  freeze: text(
    null,
    "initialisers of a --backbone file that are not trained, parted by commas; * stands for any characters",
  ),
  sampler: text(
    "dns",
    "negative sampler, such as ahns:alpha=1,beta=0.1,pool=32; see `list`; auto tries several and trains the best",
  ),
  loss: text("bpr", "loss; see `list`"),
  optimizer: text("adam", "optimiser, such as lazyAdam:lr=0.01; see `list`"),
  lr: optionalReal("learning rate; the same as the optimiser's option lr", { min: 0 }),
  epochs: integer(100, "at most so many", { min: 1 }),
  batchSize: among(integer(2048, "interactions a step", { min: 1 }), 512, 1024, 2048, 4096),
  dropLast: flag(false, "leave out an epoch's last batch if it is not full, as the papers' code does"),
  l2: byMagnitude(real(1e-4, "weight decay of the vectors a step uses", { min: 0 }), 1e-6, 1e-2),
  seed: integer(0, "decides initial weights, order and every draw"),
  select: choice(
    ["valid", "test", "last"],
    "valid",
    "what picks the best epoch: held-out interactions, the test set (as the papers do; the result is then optimistic), or nothing: the last one",
  ),
  selectBy: text("ndcg@20", "metric that picks the best epoch"),
  evaluateEvery: integer(5, "epochs between evaluations", { min: 1 }),
  patience: integer(10, "evaluations in a row without a better one before it stops", { min: 1 }),
  refit: flag(
    false,
    "once the best epoch is picked, train anew on what was held out for that as well, for as many epochs",
  ),
  ...metricOptions,
  ...providerOptions,
  out: text(null, "folder of the run; without it, runs/<data>-<backbone>-<sampler>-<loss>-<seed>"),
  resume: flag(false, "go on where the run in --out stopped"),
  ...outputOptions,
} as const;
export type TrainValues = Values<typeof trainOptions>;
