/** A sampler of one's own, used in training: of some uniform candidates, one that is hard, but not the hardest. */
import {
  adam,
  bpr,
  define,
  embeddedDataset,
  integer,
  mf,
  openRuntime,
  ops,
  type Policy,
  train,
  uniformRows,
} from "../mod.ts";

const nthHardest = define({
  name: "nthHardest",
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

const { train: data } = await embeddedDataset(), runtime = await openRuntime({ seed: 1 });
const sampler = nthHardest({ n: 2 });
for await (
  const { epoch, loss } of train({
    runtime,
    data,
    backbone: mf({ dim: 32 }),
    sampler,
    loss: bpr(),
    optimizer: adam({ lr: 0.01 }),
    epochs: 4,
  })
) {
  console.log(`epoch ${epoch}: loss ${loss.toFixed(4)}`);
}
await runtime.dispose();
