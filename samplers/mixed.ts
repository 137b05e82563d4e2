import { define } from "../options/method.ts";
import { integer } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import { batchOptions, batchPool, columnsOption } from "./batch_pool.ts";
import type { Policy } from "./sampler.ts";

/**
 * Mixed negatives: the positives of a batch of B rows and B' items drawn uniformly from the whole catalogue, shared by
 * all rows, so that items which are rarely positive are pushed down, too. Softmax losses subtract the log of
 * q*(j) = (B q_j + B' / |I|) / (B + B') (Yang et al., WWW 2020).
 */
export const mixed = define({
  name: "mixed",
  summary: "What is positive for the other rows, and uniform items that the batch shares.",
  citation: "Yang, Yi, Cheng, Hong, Li, Wang, Xu & Chi, WWW 2020",
  options: {
    uniform: byMagnitude(integer(1024, "items drawn uniformly for the batch, B'", { min: 1 }), 64, 4096),
    columns: columnsOption,
    ...batchOptions,
  },
}, ({ uniform, ...batching }): Policy<"ids"> => batchPool(uniform, batching));
