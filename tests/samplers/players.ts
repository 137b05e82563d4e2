import type { Catalogue } from "../../datasets/catalogue.ts";
import { gradients } from "../../graphs/autodiff.ts";
import { GraphBuilder, RowGradient, type Value } from "../../graphs/builder.ts";
import { normal } from "../../graphs/initializers.ts";
import { softplus } from "../../graphs/ops/activation.ts";
import { mul, sub } from "../../graphs/ops/arithmetic.ts";
import { denseRows, gather } from "../../graphs/ops/index.ts";
import { mean } from "../../graphs/ops/reduce.ts";
import { expand, unsqueeze } from "../../graphs/ops/shape.ts";
import { sizeOf, type TensorData } from "../../graphs/tensor.ts";
import { dot } from "../../models/scoring.ts";
import { Rng } from "../../random/rng.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { SavedTensor } from "../../runtime/runtime.ts";
import type { Negatives, Policy, Step } from "../../samplers/sampler.ts";
import { proposedInput } from "../../training/step.ts";
import { opened } from "./drawn.ts";

/** What a sampler with variables of its own does in a step. */
export interface Played {
  readonly ids?: Int32Array;
  readonly items: Float32Array;
  readonly weight?: Float32Array;
  readonly positiveWeight?: Float32Array;
  readonly auxiliary: number;
  /** The ranking loss mean softplus(s- - s+), weighted where the sampler says so. */
  readonly ranking: number;
  /** Gradients of the auxiliary and of the ranking loss, as whole tables, by variable. */
  readonly ofAuxiliary: ReadonlyMap<string, Float32Array>;
  readonly ofRanking: ReadonlyMap<string, Float32Array>;
  /** The variables as the step left them: only what the graph itself assigns has moved. */
  readonly after: ReadonlyMap<string, SavedTensor>;
}

/**
 * One step of `policy` for interactions (users[r], positives[r]) on a matrix factorisation of width `dim`, whose
 * variables, like the sampler's, are normal unless `tensors` says otherwise.
 */
export async function play<K extends string>(
  policy: Policy<K>,
  of: Catalogue,
  {
    users,
    positives,
    real = users.length,
    dim = 3,
    fed = {},
    tensors = new Map(),
    epoch = 0,
    seed = 3,
    loss = rankingLoss,
  }: {
    readonly users: Int32Array;
    readonly positives: Int32Array;
    /** Rows that hold an interaction; the others pad the batch. */
    readonly real?: number;
    readonly dim?: number;
    readonly fed?: Readonly<Record<string, TensorData>>;
    readonly tensors?: ReadonlyMap<string, SavedTensor>;
    readonly epoch?: number;
    readonly seed?: number;
    readonly loss?: (negatives: Negatives, positive: Value, negative: Value) => Value;
  },
): Promise<Played> {
  const runtime = await openRuntime({ provider: "wasm", seed }), graph = new GraphBuilder(), rows = users.length;
  const user = graph.variable("user", [of.users, dim], normal(1)),
    item = graph.variable("item", [of.items, dim], normal(1));
  const userIds = graph.input("users", "int32", [rows]), positiveIds = graph.input("positives", "int32", [rows, 1]);
  const query = unsqueeze(gather(user, userIds), 1), items = (ids: Value) => unsqueeze(gather(item, ids), -2);
  const score = (of: Value, by = query) => {
    const found = dot(by, of);
    return found.shape[0] === rows ? found : expand(found, [rows, found.shape[1]!]);
  };
  const step: Step = {
    graph,
    rows,
    catalogue: of,
    query,
    positive: items(positiveIds),
    positiveIds,
    userIds,
    ...real < rows && { rowMask: graph.constant(new Float32Array(rows).fill(1, 0, real), [rows, 1]) },
    epoch: graph.input("epoch", "float32", []),
    items,
    point: (x) => x,
    score,
    dot: true,
    loss: (positive, negative, mask = graph.constant(Float32Array.of(1), [1, 1])) =>
      mean(mul(mask, softplus(sub(negative, positive)))),
  };
  const sampler = opened(policy, of, rows);
  const proposed = Object.fromEntries(
    Object.entries<number | { dtype: "float32" | "int32" | "bool" | "int64"; shape: readonly number[] }>(
      sampler.proposes,
    ).map((
      [name, feed],
    ) => [
      name,
      typeof feed === "number"
        ? graph.input(proposedInput(name), "int32", [rows, feed])
        : graph.input(proposedInput(name), feed.dtype, feed.shape),
    ]),
  );
  const negatives = graph.scope("sampler", () => sampler.select(step, proposed as Record<K, Value>)) as Negatives;
  const ranking = loss(negatives, score(step.positive), score(negatives.items));
  const auxiliary = negatives.auxiliary ?? graph.constant(Float32Array.of(0), []);
  const variables = [...graph.variables.values()].filter(({ trainable }) => trainable);
  const tables = (value: Value, prefix: string) =>
    Object.fromEntries([...gradients(value, variables)].map(([variable, gradient]) => [
      `${prefix} ${variable.name}`,
      gradient instanceof RowGradient ? denseRows(gradient, variable.shape) : gradient,
    ]));
  const outputs: Record<string, Value> = {
    items: negatives.items,
    auxiliary,
    ranking,
    ...negatives.ids && { ids: negatives.ids },
    ...negatives.weight && { weight: negatives.weight },
    ...negatives.positiveWeight && { positiveWeight: negatives.positiveWeight },
    ...negatives.auxiliary && tables(auxiliary, "auxiliary"),
    ...tables(ranking, "ranking"),
  };
  const program = await runtime.compile(graph, { outputs }), noise = new Rng(seed, "noise");
  await runtime.load(tensors);
  const found = await program.run({
    users,
    positives,
    epoch: Float32Array.of(epoch),
    ...Object.fromEntries(
      [...graph.noises.values()].map(({ name, shape }) => [
        name,
        Float32Array.from({ length: sizeOf(shape) }, () => graph.normals.has(name) ? noise.normal() : noise.uniform()),
      ]),
    ),
    ...Object.fromEntries(Object.entries(fed).map(([name, data]) => [proposedInput(name), data])),
  });
  const after = await runtime.save();
  await runtime.dispose();
  const gradientsOf = (prefix: string) =>
    new Map(
      Object.entries(found).flatMap(([name, data]) =>
        name.startsWith(`${prefix} `) ? [[name.slice(prefix.length + 1), data as Float32Array] as const] : []
      ),
    );
  return {
    ...found.ids && { ids: found.ids as Int32Array },
    items: found.items as Float32Array,
    ...found.weight && { weight: found.weight as Float32Array },
    ...found.positiveWeight && { positiveWeight: found.positiveWeight as Float32Array },
    auxiliary: found.auxiliary![0] as number,
    ranking: found.ranking![0] as number,
    ofAuxiliary: gradientsOf("auxiliary"),
    ofRanking: gradientsOf("ranking"),
    after,
  };
}

const rankingLoss = ({ weight }: Negatives, positive: Value, negative: Value): Value => {
  const terms = softplus(sub(negative, positive));
  return mean(weight ? mul(weight, terms) : terms);
};
