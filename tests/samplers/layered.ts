import assert from "node:assert/strict";
import type { Catalogue } from "../../datasets/catalogue.ts";
import { RowGradient, type Value } from "../../graphs/builder.ts";
import { zeros } from "../../graphs/initializers.ts";
import { denseRows, gather } from "../../graphs/ops/index.ts";
import { sizeOf } from "../../graphs/tensor.ts";
import { bpr } from "../../losses/bpr.ts";
import type { Loss } from "../../losses/loss.ts";
import type { Backbone } from "../../models/backbone.ts";
import { dot } from "../../models/scoring.ts";
import { Rng } from "../../random/rng.ts";
import type { Feeds, Runtime, SavedTensor } from "../../runtime/runtime.ts";
import type { Policy } from "../../samplers/sampler.ts";
import { trainingStep } from "../../training/step.ts";
import { opened } from "./drawn.ts";

/** A backbone whose hops are free: a table [users, L, D] and a table [items, L, D], scored by their layer means. */
const hopsOf = (layers: number, width: number): Backbone => ({
  build(graph, { users, items }, batch) {
    const item = graph.variable("item", [items, layers, width], zeros);
    return {
      query: gather(graph.variable("user", [users, layers, width], zeros), batch.users),
      items: (ids) => gather(item, ids),
      score: dot,
      dot: true,
    };
  },
});

/** Variables by name. */
export type Tables = Readonly<Record<string, Float32Array>>;

/** A step of one policy over a backbone of free hops, without weight decay. */
export interface LayeredStep {
  /** Every variable, drawn from a normal law. */
  readonly tables: Tables;
  /** What the step computes: `loss`, `d <variable>`, what the negatives are, and what they report. */
  run(tables: Tables, feeds: Feeds): Promise<Readonly<Record<string, Float32Array | Int32Array>>>;
  /** Asserts that the gradient of each variable is the slope of the loss, choices unchanged, at 12 of its elements. */
  checkSlopes(feeds: Feeds): Promise<void>;
}

/** How a step is built. */
export interface LayeredOptions {
  readonly rows: number;
  readonly layers: number;
  readonly width: number;
  readonly loss?: Loss;
  readonly padded?: boolean;
}

/** Compiles a step; its inputs are those of a training step, noise included, all fed by the test. */
export async function layeredStep<K extends string>(
  runtime: Runtime,
  policy: Policy<K>,
  of: Catalogue,
  { rows, layers, width, loss = bpr(), padded = false }: LayeredOptions,
): Promise<LayeredStep> {
  const step = trainingStep({
    backbone: hopsOf(layers, width),
    sampler: opened(policy, of, rows),
    loss,
    catalogue: of,
    batchSize: rows,
    padded,
    l2: 0,
  });
  if ("objective" in step.negatives) throw new TypeError("Cannot look at negatives: the policy has its own objective");
  const { items, sources, ids, mask, auxiliary, report } = step.negatives;
  const slopes = [...step.gradients].map(([variable, gradient]): [string, Value] => [
    `d ${variable.name}`,
    gradient instanceof RowGradient ? denseRows(gradient, variable.shape) : gradient,
  ]);
  const outputs: Record<string, Value> = {
    loss: step.loss,
    items,
    ...sources && { sources },
    ...ids && { ids },
    ...mask && { mask },
    ...auxiliary && { auxiliary },
    ...report,
    ...Object.fromEntries(slopes),
  };
  const program = await runtime.compile(step.graph, { outputs }), rng = new Rng(12, "layered");
  const variables = [...step.graph.variables.values()];
  const tables = Object.fromEntries(
    variables.map(({ name, shape }) => [name, Float32Array.from({ length: sizeOf(shape) }, () => rng.normal())]),
  );
  const run: LayeredStep["run"] = async (given, feeds) => {
    const saved = variables.map(({ name, shape }): [string, SavedTensor] => [name, { shape, data: given[name]! }]);
    await runtime.load(new Map(saved));
    return await program.run({ epoch: Float32Array.of(0), ...feeds }) as Readonly<Record<string, Float32Array>>;
  };
  return {
    tables,
    run,
    async checkSlopes(feeds) {
      const STEP = 1 / 256,
        here = await run(tables, feeds),
        choices = (found: typeof here) => found.sources ?? found.ids;
      for (const name of Object.keys(tables).filter((name) => here[`d ${name}`])) {
        for (let sample = 0; sample < 12; sample++) {
          const at = rng.below(tables[name]!.length);
          const beside = async (by: number) => {
            const moved = tables[name]!.slice();
            moved[at]! += by;
            const found = await run({ ...tables, [name]: moved }, feeds);
            assert.deepEqual(choices(found), choices(here), "the step changed a choice: take another seed");
            return found.loss![0]! + (found.auxiliary?.[0] ?? 0);
          };
          const slope = (await beside(STEP) - await beside(-STEP)) / (2 * STEP), found = here[`d ${name}`]![at]!;
          assert(Math.abs(slope - found) < 1e-3 * (1 + Math.abs(slope)), `${name} ${at}: ${found}, not ${slope}`);
        }
      }
    },
  };
}

/** The inputs of `rows` rows of users in turn, each with positive 0, and candidates drawn at random from the others. */
export function layeredFeeds(of: Catalogue, rows: number, candidates: number): Feeds {
  const rng = new Rng(3, "feeds");
  return {
    users: Int32Array.from({ length: rows }, (_, row) => row % of.users),
    positives: new Int32Array(rows),
    "sampler/candidates": Int32Array.from({ length: rows * candidates }, () => 1 + rng.below(of.items - 1)),
  };
}

/** Noise of `shape`, uniform in [0, 1). */
export function noiseOf(shape: readonly number[], seed = 1): Float32Array {
  const rng = new Rng(seed, "noise");
  return Float32Array.from({ length: sizeOf(shape) }, () => rng.uniform());
}

/** The inner product of two vectors. */
export const inner = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, x, at) => sum + x * b[at]!, 0);
