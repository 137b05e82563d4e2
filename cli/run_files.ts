/** The files of a run. */
export const runFiles = {
  config: "config.yaml",
  log: "log.jsonl",
  metrics: "metrics.json",
  ids: "ids.json",
  weights: "weights.safetensors",
  checkpoint: "checkpoint.safetensors",
  /** Some of the users tested: what they had met, and what was held out. */
  tested: "tested.safetensors",
  /** What the model recommended to those on test. */
  lists: "lists.safetensors",
  recommender: "recommender.onnx",
  /** The backbone with its trained weights, where it came as a file. */
  model: "model.onnx",
  /** A folder: of the training on all, after that which picked the epoch. */
  refit: "refit",
  /** Of the items, where one was built, and of what it is. */
  index: "items.usearch",
  indexFacts: "items.usearch.json",
} as const;
