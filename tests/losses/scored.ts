import { gradients } from "../../graphs/autodiff.ts";
import { GraphBuilder, RowGradient, type Value } from "../../graphs/builder.ts";
import { add } from "../../graphs/ops/arithmetic.ts";
import { denseRows } from "../../graphs/ops/index.ts";
import { reshape } from "../../graphs/ops/shape.ts";
import { sizeOf } from "../../graphs/tensor.ts";
import type { Loss } from "../../losses/loss.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { Runtime, SavedTensor } from "../../runtime/runtime.ts";

export type Table = readonly (readonly number[])[];
/** What a loss is given; vectors and ids where it takes them. */
export interface Given {
  readonly positive: readonly number[];
  readonly negative: Table;
  readonly rows?: readonly number[];
  readonly mask?: Table;
  readonly weight?: Table;
  readonly logQ?: Table;
  readonly positiveLogQ?: readonly number[];
  readonly positiveWeight?: readonly number[];
  readonly frozen?: { readonly positive: readonly number[]; readonly negative: Table };
  /** Items of the catalogue; by default as many as there are negatives. */
  readonly items?: number;
  /** Vectors of query, positive and negatives of each row, their layers (by default 1) end to end. */
  readonly vectors?: {
    readonly layers?: number;
    readonly query: Table;
    readonly positive: Table;
    readonly negative: readonly Table[];
  };
  /** Negatives without ids. */
  readonly synthesised?: true;
  /** Noise by name, row-major; else made up. */
  readonly noise?: Readonly<Record<string, readonly number[]>>;
  /** What a denoiser makes of x [R, D], by the levels [R, 1] and the query [R, D]; by default the two's sum. */
  readonly guess?: (x: Value, levels: Value, query: Value) => Value;
  /** The loss's own variables, by name. */
  readonly tensors?: ReadonlyMap<string, SavedTensor>;
}
/** What it makes of that. */
export interface Lost {
  readonly value: number;
  /** Slopes with respect to the positives and the negatives, row-major; 0 where the loss does not take them. */
  readonly dp: Float32Array;
  readonly dn: Float32Array;
  /** Those with respect to the vectors, the negatives' weights and the loss's own variables, by name, where there are any. */
  readonly slopes: Readonly<Record<string, Float32Array>>;
  readonly reported: Readonly<Record<string, number>>;
}

export const table = (shape: readonly number[], data: readonly number[]): SavedTensor => ({
  shape,
  data: Float32Array.from(data),
});

/** What is left at each of the three levels of noise that a loss sees. */
export const LEFT = Float32Array.of(0.9, 0.6, 0.2);

/** A loss of given scores and its gradients, on a fresh graph. Every row is user 0's, and its negative k has id k. */
export async function lossOf(runtime: Runtime, loss: Loss, given: Given): Promise<Lost> {
  const { positive, negative, frozen, vectors, tensors } = given,
    height = positive.length,
    width = negative[0]!.length;
  const graph = new GraphBuilder(), feeds: Record<string, Float32Array | Int32Array> = {};
  const fed = (name: string, values: readonly number[], shape: readonly number[]) => {
    feeds[name] = Float32Array.from(values);
    return graph.input(name, "float32", shape);
  };
  const ids = (name: string, values: readonly number[], shape: readonly number[]) => {
    feeds[name] = Int32Array.from(values);
    return graph.input(name, "int32", shape);
  };
  const column = (name: "rows" | "positiveLogQ" | "positiveWeight") =>
    given[name] && { [name]: fed(name, given[name], [height, 1]) };
  const block = (name: "mask" | "weight" | "logQ") =>
    given[name] && { [name]: fed(name, given[name].flat(), [given[name].length, width]) };
  const layers = vectors?.layers ?? 1, dim = vectors ? vectors.query[0]!.length / layers : 1;
  const vector = (name: string, values: readonly number[] | undefined, lead: readonly number[]) => {
    const shape = [...lead, layers, dim];
    return fed(name, values ?? new Array(shape.reduce((a, b) => a * b)).fill(0), shape);
  };
  const p = fed("p", positive, [height, 1]), n = fed("n", negative.flat(), [height, width]);
  const asVectors = {
    query: vector("query", vectors?.query.flat(), [height]),
    positive: vector("positive vector", vectors?.positive.flat(), [height, 1]),
    negative: vector("negative vector", vectors?.negative.flat(2), [height, width]),
  };
  const weighted = block("weight"),
    reported: Record<string, Value> = {},
    { guess = (x, _, query) => add(x, query) } = given;
  const value = loss({
    graph,
    positive: p,
    negative: n,
    ...column("rows"),
    ...column("positiveLogQ"),
    ...column("positiveWeight"),
    ...block("mask"),
    ...weighted,
    ...block("logQ"),
    epoch: graph.constant(Float32Array.of(0), []),
    ids: {
      users: ids("users", positive.map(() => 0), [height]),
      positive: ids("positives", positive.map(() => 0), [height, 1]),
      ...!given.synthesised && {
        negative: ids("negatives", negative.flatMap((row) => row.map((_, k) => k)), [height, width]),
      },
    },
    counts: { users: 1, items: given.items ?? width },
    vectors: asVectors,
    denoiser: {
      left: LEFT,
      guess: (x, levels) => guess(x, levels, reshape(asVectors.query, [height, layers * dim])),
    },
    ...frozen && {
      frozen: {
        positive: fed("frozen positive", frozen.positive, [height, 1]),
        negative: fed("frozen negative", frozen.negative.flat(), [height, width]),
      },
    },
    measure: (values) => Object.assign(reported, values),
  });
  for (const { name, shape } of graph.noises.values()) {
    feeds[name] = Float32Array.from({ length: sizeOf(shape) }, (_, at) => given.noise?.[name]?.[at] ?? (at * 0.37) % 1);
  }
  const slopes = gradients<Value>(value, [
    p,
    n,
    ...Object.values(weighted ?? {}),
    ...Object.values(asVectors),
    ...graph.variables.values(),
  ]);
  const program = await runtime.compile(graph, {
    outputs: Object.fromEntries([
      ["value", value],
      ...Object.entries(reported).map(([name, of]) => [`reported ${name}`, of] as const),
      ...[...slopes].map(([of, by]) =>
        [`d ${of.name}`, by instanceof RowGradient ? denseRows(by, of.shape) : by] as const
      ),
    ]),
  });
  if (tensors) await runtime.load(tensors);
  const taken = new Set(program.inputs.map(({ name }) => name));
  const out = await program.run(Object.fromEntries(Object.entries(feeds).filter(([name]) => taken.has(name))));
  await program.dispose();
  const named = (prefix: string) =>
    Object.entries(out).flatMap(([name, data]): [string, Float32Array][] =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), data as Float32Array]] : []
    );
  const found = Object.fromEntries(named("d "));
  return {
    value: out.value![0] as number,
    dp: found.p ?? new Float32Array(height),
    dn: found.n ?? new Float32Array(height * width),
    slopes: found,
    reported: Object.fromEntries(named("reported ").map(([name, data]) => [name, data[0]!])),
  };
}

/** Runs `body` with a function from what is given to the loss, on a WASM runtime of its own. */
export async function onWasm(loss: Loss, body: (of: (given: Given) => Promise<Lost>) => Promise<void>): Promise<void> {
  const runtime = await openRuntime({ provider: "wasm" });
  try {
    await body((given) => lossOf(runtime, loss, given));
  } finally {
    await runtime.dispose();
  }
}
