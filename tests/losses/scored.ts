import { gradients } from "../../graphs/autodiff.ts";
import { GraphBuilder, type Value, type Variable } from "../../graphs/builder.ts";
import { zeros } from "../../graphs/initializers.ts";
import type { Loss } from "../../losses/loss.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { Runtime, SavedTensor } from "../../runtime/runtime.ts";

type Table = readonly (readonly number[])[];
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
  /** Vectors of query, positive and negatives of each row. */
  readonly vectors?: { readonly query: Table; readonly positive: Table; readonly negative: readonly Table[] };
  /** The loss's own variables, by name. */
  readonly tensors?: ReadonlyMap<string, SavedTensor>;
}

export const table = (shape: readonly number[], data: readonly number[]): SavedTensor => ({
  shape,
  data: Float32Array.from(data),
});

/** A loss of given scores and its gradients, on a fresh graph whose variables are the scores. Negative k has id k. */
export async function lossOf(runtime: Runtime, loss: Loss, given: Given) {
  const { positive, negative, frozen, vectors, tensors = new Map() } = given,
    height = positive.length,
    width = negative[0]!.length;
  const graph = new GraphBuilder(), feeds: Record<string, Float32Array | Int32Array> = {};
  const fed = (name: string, values: readonly number[], shape: readonly number[]) => {
    feeds[name] = Float32Array.from(values);
    return graph.input(name, "float32", shape);
  };
  const column = (name: string, values: readonly number[] | undefined) =>
    values && { [name]: fed(name, values, [height, 1]) };
  const block = (name: string, values: Table | undefined) =>
    values && { [name]: fed(name, values.flat(), [values.length, width]) };
  const ids = (name: string, values: readonly number[], shape: readonly number[]) => {
    feeds[name] = Int32Array.from(values);
    return graph.input(name, "int32", shape);
  };
  const p = graph.variable("p", [height, 1], zeros), n = graph.variable("n", [height, width], zeros);
  const dim = vectors?.query[0]?.length ?? 1,
    given3 = (name: string, values: readonly number[] | undefined, shape: readonly number[]) =>
      values ? fed(name, values, shape) : graph.constant(new Float32Array(shape.reduce((a, b) => a * b)), shape);
  const scope = new Set(graph.variables.keys());
  const value = loss({
    graph,
    positive: p,
    negative: n,
    ...column("rows", given.rows),
    ...column("positiveLogQ", given.positiveLogQ),
    ...column("positiveWeight", given.positiveWeight),
    ...block("mask", given.mask),
    ...block("weight", given.weight),
    ...block("logQ", given.logQ),
    epoch: graph.constant(Float32Array.of(0), []),
    ids: {
      users: ids("users", positive.map(() => 0), [height]),
      positive: ids("positives", positive.map(() => 0), [height, 1]),
      negative: ids("negatives", negative.flatMap((row) => row.map((_, k) => k)), [height, width]),
    },
    counts: { users: 1, items: given.items ?? width },
    vectors: {
      query: given3("query", vectors?.query.flat(), [height, 1, dim]),
      positive: given3("positive vectors", vectors?.positive.flat(), [height, 1, 1, dim]),
      negative: given3("negative vectors", vectors?.negative.flat(2), [height, width, 1, dim]),
    },
    ...frozen && {
      frozen: {
        positive: fed("frozen positive", frozen.positive, [height, 1]),
        negative: fed("frozen negative", frozen.negative.flat(), [height, width]),
      },
    },
  });
  const own = [...graph.variables.values()].filter(({ name }) => !scope.has(name));
  const slopes = gradients<Value>(value, [p, n, ...own]), slope = (of: Variable) => slopes.get(of) as Value | undefined;
  const outputs: Record<string, Value> = { value };
  for (const [name, of] of [["dp", p], ["dn", n]] as const) {
    const found = slope(of);
    if (found) outputs[name] = found;
  }
  const program = await runtime.compile(graph, { outputs });
  await runtime.load(
    new Map([["p", table([height, 1], positive)], ["n", table([height, width], negative.flat())], ...tensors]),
  );
  const out = await program.run(feeds);
  await program.dispose();
  const none = new Float32Array(height * width);
  return { value: out.value![0] as number, dp: (out.dp ?? none) as Float32Array, dn: (out.dn ?? none) as Float32Array };
}

/** Runs `body` with a function from what is given to the loss, on WASM runtimes of its own. */
export async function onWasm(
  loss: Loss,
  body: (of: (given: Given) => ReturnType<typeof lossOf>) => Promise<void>,
): Promise<void> {
  const runtimes: Runtime[] = [];
  await body(async (given) => {
    const runtime = await openRuntime({ provider: "wasm" });
    runtimes.push(runtime);
    return await lossOf(runtime, loss, given);
  });
  for (const runtime of runtimes) await runtime.dispose();
}
