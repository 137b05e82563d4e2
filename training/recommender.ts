import type { Catalogue } from "../datasets/catalogue.ts";
import { idsBelow } from "../datasets/ids_below.ts";
import { GraphBuilder, type Value } from "../graphs/builder.ts";
import { encode } from "../graphs/encode.ts";
import { isOpen } from "../graphs/open_axis.ts";
import { mul, sub } from "../graphs/ops/arithmetic.ts";
import { cast } from "../graphs/ops/compare.ts";
import { scatterElementsAdd, topK } from "../graphs/ops/index.ts";
import { pad, slice } from "../graphs/ops/shape.ts";
import type { Backbone } from "../models/backbone.ts";
import { prune } from "../graphs/prune.ts";
import { settled } from "../graphs/settled.ts";
import { openModel } from "../runtime/model.ts";
import { rowsOf } from "../runtime/table_rows.ts";
import { savedData, type SavedTensor } from "../runtime/runtime.ts";
import { exportedInputs } from "./exported_inputs.ts";

/** Added to the score of a seen item: below every real score, yet finite, so that sums stay numbers. */
const SEEN = -1e30;

export interface RecommenderOptions {
  /** Items to return for each user; at most as many as there are. */
  readonly top: number;
  /** Leave out what a user met in training. Default true. */
  readonly unseenOnly?: boolean;
}

/**
 * A trained model as one ONNX file that stock onnxruntime runs: `users` int64 [N] to `items` int64 [N, top], best
 * first, and their `scores` float32 [N, top]. Weights and the users' train items are inside, and of what the weights go
 * through before a user is known (propagation over a graph, say) only the result; ids are dense ones. Where a user has
 * fewer than `top` unseen items, the rest are seen ones with scores around -1e30. Of a backbone that reads histories the
 * input is `history` int64 [1, T] instead: what somebody has met, oldest first, -1 past its end.
 *
 * N is any number, but 1 where the graph of the backbone, one that came as a file, holds lengths for one user: the file
 * declares that. A user that there is not is refused by the runtime, which says that an index is out of bounds. N is at least 1: of no
 * users onnxruntime's TopK divides by zero, which ends the process.
 *
 * @throws TypeError where `weights` lacks a variable of the backbone or has it in another shape, or the backbone reads both a history and who the user is; RangeError where `top` is no whole number from 1.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { mf } from "../models/mf.ts";
 * import { openModel } from "../runtime/model.ts";
 * import { recommenderModel } from "./recommender.ts";
 *
 * const seen = catalogue(interactions({ users: [0], items: [0], userCount: 1, itemCount: 3 }));
 * const weights = new Map([
 *   ["user", { shape: [1, 1], data: Float32Array.of(1) }],
 *   ["item", { shape: [3, 1], data: Float32Array.of(9, 7, 8) }],
 * ]);
 * const model = await openModel(await recommenderModel(mf({ dim: 1 }), seen, weights, { top: 2 }));
 * const { items, scores } = await model.run({ users: { dtype: "int64", shape: [1], data: BigInt64Array.of(0n) } });
 * assert.deepEqual([items!.data, scores!.data], [BigInt64Array.of(2n, 1n), Float32Array.of(8, 7)]); // item 0 was met
 * await model.dispose();
 * ```
 */
export async function recommenderModel(
  backbone: Backbone,
  catalogue: Catalogue,
  weights: ReadonlyMap<string, SavedTensor>,
  { top, unseenOnly = true }: RecommenderOptions,
): Promise<Uint8Array> {
  if (!Number.isInteger(top) || top < 1) {
    throw new RangeError(`Cannot export a recommender of the "top" ${top} items: it is a whole number of at least 1`);
  }
  return await exported(backbone, catalogue, weights, (scores, seen) => {
    const { values, slots } = topK(unseenOnly && seen ? without(seen, scores) : scores, Math.min(top, catalogue.items));
    return { items: cast(slots, "int64"), scores: values };
  });
}

/**
 * The same file without a choice among items: `users` or `history`, as {@link recommenderModel} takes them, to the
 * `scores` of all items, seen or not, float32 [N, I].
 *
 * @throws TypeError where `weights` lacks a variable of the backbone or has it in another shape, or the backbone reads both a
 * history and who the user is.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { mf } from "../models/mf.ts";
 * import { openModel } from "../runtime/model.ts";
 * import { scoresModel } from "./recommender.ts";
 *
 * const seen = catalogue(interactions({ users: [0], items: [0], userCount: 2, itemCount: 3 }));
 * const weights = new Map([
 *   ["user", { shape: [2, 1], data: Float32Array.of(1, -1) }],
 *   ["item", { shape: [3, 1], data: Float32Array.of(9, 7, 8) }],
 * ]);
 * const model = await openModel(await scoresModel(mf({ dim: 1 }), seen, weights));
 * const { scores } = await model.run({ users: { dtype: "int64", shape: [2], data: BigInt64Array.of(0n, 1n) } });
 * assert.deepEqual([scores!.shape, scores!.data], [[2, 3], Float32Array.of(9, 7, 8, -9, -7, -8)]);
 * await model.dispose();
 * ```
 */
export async function scoresModel(
  backbone: Backbone,
  catalogue: Catalogue,
  weights: ReadonlyMap<string, SavedTensor>,
): Promise<Uint8Array> {
  return await exported(backbone, catalogue, weights, (scores) => ({ scores }));
}

/** A file of what `outputs` makes of the scores [N, I] and of what was seen [N, S]. */
async function exported(
  backbone: Backbone,
  catalogue: Catalogue,
  weights: ReadonlyMap<string, SavedTensor>,
  outputs: (scores: Value, seen: Value | undefined) => Readonly<Record<string, Value>>,
): Promise<Uint8Array> {
  const graph = new GraphBuilder();
  const { scores, inputs: { batch, seen, symbolic, description } } = scoresOfAll(graph, backbone, catalogue);
  if (backbone.history && prune(graph, [scores]).leaves.includes(batch.users)) {
    throw new TypeError(
      "Cannot export: the backbone reads who the user is beside a history, and the file is asked with a history alone",
    );
  }
  const wanted = outputs(scores, seen);
  const weighted = new Map([...graph.variables.values()].map((variable) => {
    const saved = weights.get(variable.name);
    if (saved) return [variable as Value, savedData(variable.name, variable.shape, saved)];
    throw new TypeError(
      `Cannot export: the weights have no "${variable.name}"; they have ${[...weights.keys()].join(", ")}`,
    );
  }));
  const ready = await computed(graph, settled([scores]), weighted);
  return encode(graph, wanted, {
    given: new Set(ready.keys()),
    frozen: new Map([...weighted, ...ready]),
    ...hasOpenAxis(scores) && { symbolic },
    metadata: { description },
  });
}

/** The scores of all items, and the inputs that they are asked for with. */
function scoresOfAll(graph: GraphBuilder, backbone: Backbone, catalogue: Catalogue) {
  const { items } = catalogue, inputs = exportedInputs(graph, backbone, catalogue);
  const encoder = backbone.build(graph, catalogue, inputs.batch);
  const all = graph.constant(idsBelow(items), [1, items]);
  return { inputs, scores: encoder.score(encoder.query, encoder.items(all)) }; // [N, I]
}

const hasOpenAxis = (scores: Value): boolean => isOpen(scores.graph.inputs.get("users")!, [scores]);

/**
 * Whether the files of {@link recommenderModel} and {@link scoresModel} take any number of users: those of a backbone that
 * came as a file may hold lengths for one, and then say so.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { mf } from "../models/mf.ts";
 * import { takesMany } from "./recommender.ts";
 *
 * const of = catalogue(interactions({ users: [0], items: [0], userCount: 2, itemCount: 3 }));
 * assert.equal(takesMany(mf({ dim: 1 }), of), true);
 * ```
 */
export const takesMany = (backbone: Backbone, catalogue: Catalogue): boolean =>
  backbone.history === undefined && hasOpenAxis(scoresOfAll(new GraphBuilder(), backbone, catalogue).scores);

/** What a value is that is rows of a table, and not computed: for it alone no engine is opened. */
function copied(value: Value, frozen: ReadonlyMap<Value, Float32Array>): Float32Array | undefined {
  const rows = rowsOf(value), ids = rows?.ids.data, table = rows && frozen.get(rows.variable);
  if (!table || !(ids instanceof Int32Array)) return undefined;
  const [count, width] = rows.variable.shape as [number, number], copies = new Float32Array(ids.length * width);
  for (const [row, id] of ids.entries()) {
    if (id < 0 || id >= count) return undefined; // onnxruntime knows what to do
    copies.set(table.subarray(id * width, (id + 1) * width), row * width);
  }
  return copies;
}

/** The elements of `values` under given weights. */
async function computed(
  graph: GraphBuilder,
  values: readonly Value[],
  frozen: ReadonlyMap<Value, Float32Array>,
): Promise<ReadonlyMap<Value, Float32Array>> {
  const ready = new Map<Value, Float32Array>(), computing: Value[] = [];
  for (const value of values) {
    const copies = copied(value, frozen);
    if (copies) ready.set(value, copies);
    else computing.push(value);
  }
  if (computing.length === 0) return ready;
  const names = Object.fromEntries(computing.map((value, at) => [`settled/${at}`, value]));
  const model = await openModel(encode(graph, names, { frozen }));
  const found = await model.run({});
  await model.dispose();
  computing.forEach((value, at) => ready.set(value, found[`settled/${at}`]!.data as Float32Array));
  return ready;
}

/** Scores [N, I] with those of every seen item pushed below all others; ids that are I fall on a spare column. */
function without(seen: Value, scores: Value): Value {
  const penalty = sub(mul(cast(seen, "float32"), 0), -SEEN), spare = pad(scores, [0, 0], [0, 1]); // [N, S], [N, I + 1]
  return slice(scatterElementsAdd(spare, seen, penalty, 1), 1, 0, scores.shape[1]!);
}
