import type { Batch } from "../datasets/batching.ts";
import { idsBelow } from "../datasets/ids_below.ts";
import { type BatchOptions, estimators, selectKept } from "./batch_pool.ts";
import type { Draw, Policy } from "./sampler.ts";
import { rowStream } from "./streams.ts";

/**
 * For each row `negatives` of the other rows' positives, drawn without replacement from the multiset of those that it
 * does not leave out, so that an item may come as often as it is a positive. Where there are fewer, the rest is masked.
 */
export const batchDraws = (
  negatives: number,
  { hits, correct, frequency, rate }: BatchOptions,
): Policy<"ids" | "kept" | "logQ" | "positiveLogQ"> =>
(setting) => {
  const { rows } = setting, law = estimators[frequency](setting, rate);
  const leavesOut = {
    met: ({ users, positives }: Batch, { seen }: Draw) => (row: number, item: number) =>
      item === positives[row] || seen.has(users[row]!, item),
    positive: ({ positives }: Batch) => (row: number, item: number) => item === positives[row],
  }[hits];
  return {
    proposes: {
      ids: negatives,
      kept: { dtype: "bool", shape: [rows, negatives] },
      logQ: { dtype: "float32", shape: [rows, negatives] },
      positiveLogQ: { dtype: "float32", shape: [rows, 1] },
    },
    ...law.state && { state: law.state },
    propose(batch, draw) {
      const { positives, rows: count } = batch, isOut = leavesOut(batch, draw), columns = idsBelow(count);
      const ids = new Int32Array(rows * negatives), kept = new Uint8Array(rows * negatives);
      for (let row = 0; row < rows; row++) {
        const stream = rowStream(draw, batch, row);
        let at = row * negatives;
        const end = at + negatives;
        // columns in random order, shuffled only as far as they are looked at: any order is a fair start
        for (let looked = 0; looked < count && at < end; looked++) {
          const other = looked + stream.below(count - looked), column = columns[other]!;
          columns[other] = columns[looked]!;
          columns[looked] = column;
          if (isOut(row, positives[column]!)) continue;
          ids[at] = positives[column]!;
          kept[at++] = 1;
        }
        ids.fill(positives[row]!, at, end);
      }
      law.see(batch);
      const logQ = (items: Int32Array) => Float32Array.from(items, (item) => Math.log(law.q(item)));
      return { ids, kept, logQ: logQ(ids), positiveLogQ: logQ(positives) };
    },
    select: selectKept(correct),
  };
};
