import type { Catalogue } from "../datasets/catalogue.ts";
import { GraphBuilder, type Value } from "../graphs/builder.ts";
import { encode } from "../graphs/encode.ts";
import { add, min, mul, sub } from "../graphs/ops/arithmetic.ts";
import { cast, less, where } from "../graphs/ops/compare.ts";
import { gather, scatterElementsAdd, topK } from "../graphs/ops/index.ts";
import { pad, slice, unsqueeze } from "../graphs/ops/shape.ts";
import type { Backbone } from "../models/backbone.ts";
import { settled } from "../graphs/settled.ts";
import { openModel } from "../runtime/model.ts";
import type { SavedTensor } from "../runtime/runtime.ts";

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
 * through before a user is known (propagation over a graph, say) only the result; ids are dense ones. Where a user has fewer than `top` unseen items, the rest are seen ones with scores around -1e30.
 *
 * @throws TypeError where `weights` lacks a variable of the backbone.
 */
export async function recommenderModel(
  backbone: Backbone,
  catalogue: Catalogue,
  weights: ReadonlyMap<string, SavedTensor>,
  { top, unseenOnly = true }: RecommenderOptions,
): Promise<Uint8Array> {
  const graph = new GraphBuilder(), { items } = catalogue;
  const users = graph.input("users", "int64", [1]); // left open in the file
  const encoder = backbone.build(graph, catalogue, { rows: 1, users });
  const all = graph.constant(Int32Array.from({ length: items }, (_, id) => id), [1, items]);
  const scores = encoder.score(encoder.query, encoder.items(all)); // [N, I]
  const { values, slots } = topK(unseenOnly ? withoutSeen(scores, users, catalogue) : scores, Math.min(top, items));
  const weighted = new Map([...graph.variables.values()].map((variable) => {
    const saved = weights.get(variable.name);
    if (saved) return [variable as Value, saved.data];
    throw new TypeError(
      `Cannot export: the weights have no "${variable.name}"; they have ${[...weights.keys()].join(", ")}`,
    );
  }));
  const ready = await computed(graph, settled([scores]), weighted);
  return encode(graph, { items: cast(slots, "int64"), scores: values }, {
    given: new Set(ready.keys()),
    frozen: new Map([...weighted, ...ready]),
    symbolic: { users: ["users"], items: ["users"], scores: ["users"] },
    metadata: { description: "user ids to the items they have not met, best first; ids are dense, see ids.json" },
  });
}

/** The elements of `values` under given weights. */
async function computed(
  graph: GraphBuilder,
  values: readonly Value[],
  frozen: ReadonlyMap<Value, Float32Array>,
): Promise<ReadonlyMap<Value, Float32Array>> {
  if (values.length === 0) return new Map();
  const names = Object.fromEntries(values.map((value, at) => [`settled/${at}`, value]));
  const model = await openModel(encode(graph, names, { frozen }));
  const found = await model.run({});
  await model.dispose();
  return new Map(values.map((value, at) => [value, found[`settled/${at}`]!.data as Float32Array]));
}

/**
 * Scores [N, I] with every seen item pushed below all others. Each user's train items are read from one flat list, as
 * many as the longest has; what is past a user's own goes to a spare column.
 */
function withoutSeen(scores: Value, users: Value, { items, offsets, positives }: Catalogue): Value {
  const { graph } = scores, counts = offsets.slice(1).map((end, user) => end - offsets[user]!);
  const longest = counts.reduce((a, b) => Math.max(a, b), 0);
  if (longest === 0) return scores;
  const rank = graph.constant(Int32Array.from({ length: longest }, (_, at) => at), [1, longest]);
  const start = unsqueeze(gather(graph.constant(offsets.slice(0, -1)), users), 1); // [N, 1]
  const count = unsqueeze(gather(graph.constant(counts), users), 1); // [N, 1]
  const at = min(add(start, rank), positives.length - 1); // [N, S]
  const seen = where(less(rank, count), gather(graph.constant(positives), at), items); // [N, S]
  const penalty = sub(mul(cast(seen, "float32"), 0), -SEEN);
  const spare = pad(scores, [0, 0], [0, 1]); // [N, I + 1]
  return slice(scatterElementsAdd(spare, seen, penalty, 1), 1, 0, items);
}
