import type { GraphBuilder, Value } from "../graphs/builder.ts";
import { relu } from "../graphs/ops/activation.ts";
import { add } from "../graphs/ops/arithmetic.ts";
import { choice, integer, type Values } from "../options/option.ts";
import { among, evenly } from "../options/searched.ts";
import { causalAttention } from "./attention.ts";
import type { HistoryValues } from "./backbone.ts";
import { dense, type Dropout, norm } from "./history_layers.ts";

/** Options of backbones that read histories by self-attention. */
export const attentionOptions = (usual: { readonly blocks: number; readonly heads: number }) => ({
  blocks: evenly(integer(usual.blocks, "layers of attention and feed-forward", { min: 1 }), 1, 3),
  heads: among(integer(usual.heads, "heads of attention; they share the width", { min: 1 }), 1, 2, 4),
  norm: choice(
    ["pre", "post", "original"],
    "pre",
    "where layers are normalised: today's way, as in the first transformers, or as in the paper's code",
  ),
});
type AttentionOptions = Values<ReturnType<typeof attentionOptions>>;

/** Makes states of tokens, [K, D] to [K, D]: of each with what its history has before it. */
export type Attends = (graph: GraphBuilder, tokens: Value, history: HistoryValues, drop: Dropout) => Value;

/**
 * SASRec's blocks of causal self-attention and feed-forward, and the normalisation after them (Kang & McAuley, ICDM 2018,
 * eqs. 2-6).
 *
 * @throws TypeError where the heads do not divide the width, naming the backbone.
 */
export function selfAttention(
  backbone: string,
  { dim, blocks, heads, norm: order }: AttentionOptions & { readonly dim: number },
): Attends {
  if (dim % heads !== 0) {
    throw new TypeError(`Cannot make "${backbone}": option "heads" ${heads} does not divide option "dim" ${dim}`);
  }
  return (graph, tokens, history, drop) => {
    let x = tokens;
    for (let block = 0; block < blocks; block++) {
      x = graph.scope(`block_${block}`, () => layers[order](graph, x, history, heads, drop));
    }
    return norm(graph, "norm", x);
  };
}

/** One layer of attention and one of feed-forward, [K, D] to [K, D]. */
type Layers = (graph: GraphBuilder, x: Value, history: HistoryValues, heads: number, drop: Dropout) => Value;

const layers: Readonly<Record<"pre" | "post" | "original", Layers>> = {
  pre(graph, x, history, heads, drop) {
    const asks = norm(graph, "norm_1", x);
    const attended = add(x, drop("attended", causalAttention(graph, { asks, tokens: asks }, history, heads, drop)));
    return add(attended, feedForward(graph, norm(graph, "norm_2", attended), drop));
  },
  post(graph, x, history, heads, drop) {
    const found = drop("attended", causalAttention(graph, { asks: x, tokens: x }, history, heads, drop));
    const attended = norm(graph, "norm_1", add(x, found));
    return norm(graph, "norm_2", add(attended, feedForward(graph, attended, drop)));
  },
  original(graph, x, history, heads, drop) {
    const asks = norm(graph, "norm_1", x);
    const attended = norm(
      graph,
      "norm_2",
      add(asks, causalAttention(graph, { asks, tokens: x }, history, heads, drop)),
    );
    return add(attended, feedForward(graph, attended, drop));
  },
};

/** ReLU(x W_1 + b_1) W_2 + b_2 (eq. 5). */
function feedForward(graph: GraphBuilder, x: Value, drop: Dropout): Value {
  const width = x.shape[1]!, hidden = drop("hidden", relu(dense(graph, "forward_1", x, width)));
  return drop("forward", dense(graph, "forward_2", hidden, width));
}
