/** A sampler of one's own: of some uniform candidates, one that is hard, but not the hardest. */
import { define, integer, ops, type Policy, uniformRows } from "../mod.ts";

export const nthHardest = define({
  name: "nth-hardest",
  summary: "Of some uniform candidates, the one that scores n-th highest.",
  citation: "an example",
  options: {
    pool: integer(16, "candidates", { min: 1 }),
    n: integer(3, "1 is the hardest, as in dns", { min: 1 }),
  },
}, ({ pool, n }): Policy<"candidates"> => () => ({
  proposes: { candidates: pool },
  propose: (batch, draw) => ({ candidates: uniformRows(batch, draw, pool) }),
  select({ score, items }, { candidates }) {
    const { slots } = ops.topK(score(items(candidates)), Math.min(n, pool)); // [R, n], highest first
    const ids = ops.gatherElements(candidates, ops.slice(slots, 1, Math.min(n, pool) - 1, Math.min(n, pool)), 1);
    return { ids, items: items(ids) };
  },
}));
