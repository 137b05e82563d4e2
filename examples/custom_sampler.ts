/** A sampler of one's own, used in training by a program; any command takes it, too: `--sampler nth_hardest.ts:n=2`. */
import { adam, bpr, embeddedDataset, mf, openRuntime, train } from "../mod.ts";
import { nthHardest } from "./nth_hardest.ts";

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
