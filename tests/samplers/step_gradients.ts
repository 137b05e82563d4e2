import type { Batch } from "../../datasets/batching.ts";
import type { Catalogue } from "../../datasets/catalogue.ts";
import { type GraphBuilder, RowGradient, type Value } from "../../graphs/builder.ts";
import { denseRows } from "../../graphs/ops/index.ts";
import { sizeOf, type TensorData } from "../../graphs/tensor.ts";
import { bpr } from "../../losses/bpr.ts";
import type { Backbone } from "../../models/backbone.ts";
import { mf } from "../../models/mf.ts";
import { Rng } from "../../random/rng.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { Runtime, SavedTensor } from "../../runtime/runtime.ts";
import type { Policy } from "../../samplers/sampler.ts";
import { proposedInput, trainingStep } from "../../training/step.ts";
import { drawIn, opened } from "./drawn.ts";

/** Tables of small normal numbers, one for each variable of a graph. */
const tablesOf = ({ variables }: GraphBuilder): ReadonlyMap<string, SavedTensor> => {
  const rng = new Rng(2, "step gradients");
  return new Map(
    [...variables.values()].map(({ name, shape }) => [
      name,
      { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => 0.5 * rng.normal()) },
    ]),
  );
};

/** What a step loses on a batch, the gradients as whole tables, and the tables. */
export interface Learned {
  readonly loss: number;
  readonly gradients: Readonly<Record<string, Float32Array>>;
  readonly tables: ReadonlyMap<string, SavedTensor>;
}

/** One step of `policy` under BPR, by default on mf of width 3. Rows beyond `batch.rows` are padding. */
export async function stepGradients(
  policy: Policy,
  of: Catalogue,
  batch: Batch,
  { backbone = mf({ dim: 3 }), runtime }: { readonly backbone?: Backbone; readonly runtime?: Runtime } = {},
): Promise<Learned> {
  const on = runtime ?? await openRuntime({ provider: "wasm" }), batchSize = batch.users.length;
  const sampler = opened(policy, of, batchSize), padded = batch.rows < batchSize;
  const { graph, loss, gradients } = trainingStep({
    backbone,
    sampler,
    loss: bpr(),
    catalogue: of,
    batchSize,
    padded,
    l2: 0,
  });
  const slopes = [...gradients].map(([{ name, shape }, gradient]): [string, Value] => [
    `d ${name}`,
    gradient instanceof RowGradient ? denseRows(gradient, shape) : gradient,
  ]);
  const program = await on.compile(graph, {
    outputs: { loss, ...Object.fromEntries(slopes) } as Record<string, Value>,
  });
  const tables = tablesOf(graph), proposed = await sampler.propose(batch, drawIn(of));
  await on.load(tables);
  const found = await program.run({
    users: batch.users,
    positives: batch.positives,
    epoch: Float32Array.of(0),
    rows: new Float32Array(batchSize).fill(1, 0, batch.rows),
    ...Object.fromEntries([...graph.noises.values()].map(({ name, shape }) => {
      const rng = new Rng(5, name);
      return [name, Float32Array.from({ length: sizeOf(shape) }, () => (rng.next() >>> 8) / 2 ** 24)];
    })),
    ...Object.fromEntries(Object.entries<TensorData>(proposed).map(([name, fed]) => [proposedInput(name), fed])),
  });
  return {
    loss: Number(found.loss![0]),
    gradients: Object.fromEntries(slopes.map(([name]) => [name.slice(2), found[name] as Float32Array])),
    tables,
  };
}
