import { define } from "../options/method.ts";
import { integer } from "../options/option.ts";
import { batchDraws } from "./batch_draws.ts";
import { batchOptions, batchPool, columnsOption } from "./batch_pool.ts";
import type { Policy } from "./sampler.ts";

/**
 * In-batch negatives: what is positive for other rows. They come by popularity, q_j = c_j / sum c, so softmax losses
 * subtract log q_j from scores, the positive's included (Yi et al., RecSys 2019). With `negatives` each row draws
 * that many of the others, without replacement, as Prakash, Bermperidis & Chennu (2024), who correct nothing; with
 * `columns` all rows share that many.
 */
export const inBatch = define(
  {
    name: "in-batch",
    summary: "What is positive for the other rows of the batch, with its probability.",
    citation: "Yi et al., RecSys 2019; Prakash, Bermperidis & Chennu, arXiv:2410.17276, 2024",
    options: {
      negatives: integer(0, "others drawn for each row, without replacement; 0 takes all of them", { min: 0 }),
      columns: columnsOption,
      ...batchOptions,
    },
  },
  ({ negatives, columns, ...batching }): Policy<"ids"> => {
    if (negatives > 0 && columns > 0) {
      throw new TypeError(
        `Cannot make "in-batch" with negatives=${negatives} and columns=${columns}: a row draws its own, or shares columns`,
      );
    }
    return negatives === 0 ? batchPool(0, { ...batching, columns }) : batchDraws(negatives, batching);
  },
);
