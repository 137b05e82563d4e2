import type { Batch } from "../datasets/batching.ts";
import type { Catalogue } from "../datasets/catalogue.ts";
import { positiveLaw } from "./positive_law.ts";
import type { Setting } from "./sampler.ts";

/** How often items come up as positives: the law that the columns of a batch are drawn from. */
export interface Frequencies {
  /** Takes note of a batch, before its probabilities are asked for. */
  see(batch: Batch): void;
  /** The probability that a row's positive is this item. */
  q(item: number): number;
  readonly state?: Readonly<Record<string, Int32Array | Float32Array>>;
}

/** As the train set has them: q_i = c_i / sum c, where each interaction is visited once. */
export function counted(setting: Setting): Frequencies {
  const law = positiveLaw(setting);
  return { see: () => {}, q: (item) => law[item]! };
}

/**
 * Frequencies estimated as batches come (Yi et al., RecSys 2019, Algorithm 2): B_i, the mean number of steps between
 * two batches with item i, moves by B_i <- (1 - rate) B_i + rate (t - A_i), A_i the step it was last seen at. An item
 * is then in a batch with probability 1 / B_i and, with R `rows`, a row's positive with 1 / (R B_i). Exact arrays take
 * the place of the paper's hashed ones; the first sighting sets B_i = t.
 */
export function streaming({ items }: Catalogue, rate: number, rows: number): Frequencies {
  const last = new Int32Array(items), gap = new Float32Array(items), step = new Int32Array(1);
  return {
    state: { last, gap, step },
    see(batch) {
      const now = step[0]! + 1;
      step[0] = now;
      for (const item of batch.positives) {
        if (last[item] === now) continue;
        gap[item] = last[item] === 0 ? now : (1 - rate) * gap[item]! + rate * (now - last[item]!);
        last[item] = now;
      }
    },
    q: (item) => gap[item]! > 0 ? 1 / (rows * gap[item]!) : 0,
  };
}
