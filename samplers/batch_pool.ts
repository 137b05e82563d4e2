import type { Batch } from "../datasets/batching.ts";
import { idsBelow } from "../datasets/ids_below.ts";
import { cast } from "../graphs/ops/compare.ts";
import { choice, integer, real } from "../options/option.ts";
import type { Values } from "../options/option.ts";
import type { Rng } from "../random/rng.ts";
import { counted, streaming } from "./frequencies.ts";
import { keptColumns, metOrOwn } from "./kept_columns.ts";
import type { Policy, Sampler, Setting } from "./sampler.ts";
import { batchStream } from "./streams.ts";

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

/** The option that bounds how wide a pool of a batch's positives is. */
export const columnsOption = integer(0, "columns drawn from the batch's positives, without replacement; 0 is all", {
  min: 0,
});

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
export const estimators = {
  counts: counted,
  streaming: ({ catalogue, rows }: Setting, rate: number) => streaming(catalogue, rate, rows),
} as const;

/**
 * The positives of a batch as one pool for all its rows, and `uniform` items more, drawn from the whole catalogue. Of B
 * + B' columns each is item j with the probability q*(j) = (B q_j + B' / |I|) / (B + B'), q the law of positives (Yang
 * et al., WWW 2020; with B' = 0 Yi et al., RecSys 2019). An item that is in several columns stands for as many draws;
 * where it is a row's positive the row keeps none of them and the positive stands for all, by its log probability less
 * the log of their number. Padding is no column. With `columns` the pool has that many of the batch's positives, drawn
 * without replacement, so that scores are R times B + B' of a B that does not grow with the batch.
 */
export const batchPool = (
  uniform: number,
  { hits, correct, frequency, rate, columns }: BatchOptions & { readonly columns: number },
): Policy<"ids" | "kept" | "logQ" | "positiveLogQ"> =>
(setting) => {
  const { catalogue: { items: count }, seen, rows } = setting;
  const most = columns > 0 ? Math.min(columns, rows) : rows, width = most + uniform;
  const law = estimators[frequency](setting, rate), maskOf = keptColumns(count);
  const leftOut = {
    met: (batch: Batch) => metOrOwn(batch, seen),
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
    propose(batch, draw) {
      const { positives } = batch, ids = new Int32Array(width).fill(positives[0]!);
      const stream = batchStream(draw, batch);
      stream.fillBelow(count, ids, most, uniform);
      const taken = most < rows ? someBelow(batch.rows, most, stream) : idsBelow(batch.rows);
      taken.forEach((row, column) => ids[column] = positives[row]!);
      law.see(batch);
      const logQOf = (item: number) => Math.log(mixture(taken.length, law.q(item), uniform, count));
      const logQ = Float32Array.from(ids, logQOf), kept = maskOf(ids, rows, leftOut(batch));
      const times = new Int32Array(count);
      ids.forEach((item, column) => {
        if (column < taken.length || column >= most) times[item]!++;
      });
      for (let row = 0; row < rows && taken.length < most; row++) {
        kept.fill(0, row * width + taken.length, row * width + most);
      }
      const positiveLogQ = Float32Array.from(
        positives,
        (item) => Math.fround(logQOf(item)) - Math.log(Math.max(1, times[item]!)), // 1 where it is in no column
      );
      return { ids, kept, logQ, positiveLogQ };
    },
    select: selectKept(correct),
  };
};

/** q*(j): of `batch` columns of the law q and `uniform` ones of the uniform law over `items`, how likely each is j. */
export const mixture = (batch: number, q: number, uniform: number, items: number): number =>
  (batch * q + uniform / items) / (batch + uniform);

/** Up to `most` of the numbers below `count`, without replacement, in random order. */
function someBelow(count: number, most: number, rng: Rng): Int32Array {
  const all = idsBelow(count), taken = Math.min(most, count);
  for (let at = 0; at < taken; at++) {
    const other = at + rng.below(count - at), chosen = all[other]!;
    all[other] = all[at]!;
    all[at] = chosen;
  }
  return all.subarray(0, taken);
}
