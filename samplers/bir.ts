import { exp, mul, stopGradient, sub } from "../graphs/ops/arithmetic.ts";
import { gather } from "../graphs/ops/index.ts";
import { maxOver } from "../graphs/ops/reduce.ts";
import { reshape } from "../graphs/ops/shape.ts";
import { cast, greater, where } from "../graphs/ops/compare.ts";
import { perPositive } from "./common_options.ts";
import { firstAbove } from "./first_above.ts";
import { define } from "../options/method.ts";
import { real } from "../options/option.ts";
import type { Rng } from "../random/rng.ts";
import { drawSlots } from "./draw_slots.ts";
import { keptColumns, metOrOwn } from "./kept_columns.ts";
import { positiveLaw } from "./positive_law.ts";
import type { Policy } from "./sampler.ts";
import { batchStream } from "./streams.ts";

/** Takes a column out of a softmax. */
const NEVER = -1e30;

/**
 * In-batch importance resampling: of the batch's positives each row draws `negatives` with replacement, with
 * probabilities proportional to e^s / q over the columns that its user has not met, q_j = c_j / sum c: what comes by
 * popularity is turned towards the softmax (Chen, Lian, Li, Wang, Zheng & Chen, NeurIPS 2022, BIR). With a `cache` (XIR)
 * that many items a row more are columns, drawn for each step by how often items were resampled so far, to a power.
 */
export const bir = define({
  name: "bir",
  summary: "The batch's positives, resampled towards what the model ranks high and away from what is popular.",
  citation: "Chen, Lian, Li, Wang, Zheng & Chen, NeurIPS 2022",
  options: {
    negatives: perPositive(5),
    cache: real(0, "items of a cache for each row of the batch; 0 is BIR, more is XIR", { min: 0 }),
    power: real(1, "of how often an item was resampled, which the cache is drawn by", { min: 0 }),
  },
}, ({ negatives, cache, power }): Policy<"ids" | "kept" | "logQ"> => (setting) => {
  const { catalogue: { items: count }, rows } = setting, q = positiveLaw(setting);
  const cached = cache > 0 ? Math.max(1, Math.round(cache * rows)) : 0;
  const width = rows + cached, maskOf = keptColumns(count);
  /** How often each item was resampled, and once more. */
  const resampled = new Float32Array(count).fill(1), totals = new Float64Array(count);
  /** Draws the cache into the columns after the batch's. */
  const drawCache = (ids: Int32Array, logQ: Float32Array, rng: Rng) => {
    let sum = 0;
    for (let item = 0; item < count; item++) totals[item] = sum += resampled[item]! ** power;
    for (let column = rows; column < width; column++) {
      const item = firstAbove(totals, rng.uniform() * sum);
      ids[column] = item;
      logQ[column] = Math.log(resampled[item]! ** power / sum);
    }
  };
  return {
    proposes: {
      ids: { dtype: "int32", shape: [1, width] },
      kept: { dtype: "bool", shape: [rows, width] },
      logQ: { dtype: "float32", shape: [1, width] },
    },
    ...cached > 0 && { state: { resampled } },
    propose(batch, draw) {
      const ids = new Int32Array(width), logQ = new Float32Array(width);
      ids.set(batch.positives);
      batch.positives.forEach((item, column) => logQ[column] = Math.log(q[item]!));
      if (cached > 0) drawCache(ids, logQ, batchStream(draw, batch));
      const kept = maskOf(ids, rows, metOrOwn(batch, draw.seen));
      for (let row = 0; row < rows && batch.rows < rows; row++) {
        kept.fill(0, row * width + batch.rows, row * width + rows);
      }
      return { ids, kept, logQ };
    },
    select({ graph, items, score }, { ids, kept, logQ }) {
      const logits = where(kept, sub(score(items(ids)), logQ), NEVER), most = maxOver(logits, [1], true); // [R, W], [R, 1]
      const mass = stopGradient(exp(sub(logits, most))), noise = graph.noise("resampled", [rows, negatives]);
      const drawn = gather(reshape(ids, [width]), drawSlots(mass, noise)); // [R, K]
      // a row that has met all columns keeps none
      const open = cast(greater(most, NEVER), "float32");
      return {
        ids: drawn,
        items: items(drawn),
        mask: mul(open, graph.constant(new Float32Array(negatives).fill(1))),
        report: { drawn, open },
      };
    },
    ...cached > 0 && {
      observe({ drawn, open }, batch) {
        for (let at = 0; at < batch.rows * negatives; at++) {
          if (open![Math.floor(at / negatives)]! > 0) resampled[drawn![at]!]!++;
        }
      },
    },
  };
});
