import type { Batch } from "../datasets/batching.ts";
import { cast } from "../graphs/ops/compare.ts";
import { choice, real } from "../options/option.ts";
import type { Values } from "../options/option.ts";
import { counted, streaming } from "./frequencies.ts";
import { keptColumns } from "./kept_columns.ts";
import type { Policy, Sampler } from "./sampler.ts";

/** Options of samplers whose negatives are the positives of other rows. */
export const batchOptions = {
  hits: choice(["met", "positive"], "met", "what a row leaves out: all its user has met, or its own positive alone"),
  correct: choice(
    ["both", "negatives", "none"],
    "both",
    "whose log probability the loss is told, to subtract it: also the positive's, the negatives' alone, or none",
  ),
  frequency: choice(["counts", "streaming"], "counts", "probabilities from train counts, or estimated as batches come"),
  rate: real(0.05, "of streaming: how fast its estimates move", { min: 0, max: 1 }),
};
export type BatchOptions = Values<typeof batchOptions>;

/** What a step takes of a batch's positives: the ids that are kept, and the log probabilities that are to be told. */
export const selectKept =
  (correct: BatchOptions["correct"]): Sampler<"ids" | "kept" | "logQ" | "positiveLogQ">["select"] =>
  ({ items }, { ids, kept, logQ, positiveLogQ }) => ({
    ids,
    items: items(ids),
    mask: cast(kept, "float32"),
    ...correct !== "none" && { logQ },
    ...correct === "both" && { positiveLogQ },
  });

/** The law of positives, by the option `frequency`. */
export const estimators = { counts: counted, streaming } as const;

/**
 * The positives of a batch as one pool for all its rows, and `uniform` items more, drawn from the whole catalogue. Of B
 * + B' columns each is item j with the probability q*(j) = (B q_j + B' / |I|) / (B + B'), q the law of positives (Yang
 * et al., WWW 2020; with B' = 0 Yi et al., RecSys 2019). An item that is in several columns stands for as many draws;
 * where it is a row's positive the row keeps none of them and the positive stands for all, by its log probability less
 * the log of their number. Padding is no column.
 */
export const batchPool = (
  uniform: number,
  { hits, correct, frequency, rate }: BatchOptions,
): Policy<"ids" | "kept" | "logQ" | "positiveLogQ"> =>
({ catalogue, rows }) => {
  const { items: count, offsets, positives: met } = catalogue, width = rows + uniform;
  const law = estimators[frequency](catalogue, rate), maskOf = keptColumns(count);
  const leftOut = {
    met: ({ users }: Batch) => (row: number) => met.subarray(offsets[users[row]!]!, offsets[users[row]! + 1]!),
    positive: ({ positives }: Batch) => (row: number) => positives.subarray(row, row + 1),
  }[hits];
  return {
    proposes: {
      ids: { dtype: "int32", shape: [1, width] },
      kept: { dtype: "bool", shape: [rows, width] },
      logQ: { dtype: "float32", shape: [1, width] },
      positiveLogQ: { dtype: "float32", shape: [rows, 1] },
    },
    ...law.state && { state: law.state },
    propose(batch, { rng, epoch }) {
      const ids = new Int32Array(width);
      ids.set(batch.positives);
      rng.seek(epoch, -2 - batch.first).fillBelow(count, ids, rows, uniform);
      law.see(batch);
      const logQ = Float32Array.from(ids, (item) => Math.log(mixture(batch.rows, law.q(item), uniform, count)));
      const kept = maskOf(ids, rows, leftOut(batch)), times = new Int32Array(count);
      ids.forEach((item, column) => {
        if (column < batch.rows || column >= rows) times[item]!++;
      });
      for (let row = 0; row < rows && batch.rows < rows; row++) {
        kept.fill(0, row * width + batch.rows, row * width + rows);
      }
      const positiveLogQ = Float32Array.from(batch.positives, (item, row) => logQ[row]! - Math.log(times[item]!));
      return { ids, kept, logQ, positiveLogQ };
    },
    select: selectKept(correct),
  };
};

/** q*(j): of `batch` columns of the law q and `uniform` ones of the uniform law over `items`, how likely each is j. */
export const mixture = (batch: number, q: number, uniform: number, items: number): number =>
  (batch * q + uniform / items) / (batch + uniform);
