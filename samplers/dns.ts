import { define } from "../options/method.ts";
import { pickLargest } from "./candidates.ts";
import { fromOwnPools, poolOf } from "./common_options.ts";
import type { Policy } from "./sampler.ts";
import { uniformRows } from "./uniform_rows.ts";

/** Dynamic negative sampling: of `pool` uniform candidates, the one that scores highest (Zhang et al., SIGIR 2013). */
export const dns = define({
  name: "dns",
  summary: "Of some uniform candidates, the one the model scores highest.",
  citation: "Zhang, Chen, Wang & Yu, SIGIR 2013",
  options: {
    pool: poolOf(16),
    negatives: fromOwnPools(1),
  },
}, ({ pool, negatives }): Policy<"candidates"> => () => ({
  proposes: { candidates: pool * negatives },
  propose: (batch, draw) => ({ candidates: uniformRows(batch, draw, pool * negatives) }),
  select({ score, items }, { candidates }) {
    const ids = pickLargest(candidates, score(items(candidates)), negatives);
    return { ids, items: items(ids) };
  },
}));
