import type { GraphBuilder, Value } from "../graphs/builder.ts";
import { xavierUniform } from "../graphs/initializers.ts";
import { add, mul } from "../graphs/ops/arithmetic.ts";
import { matmul, swapAxes } from "../graphs/ops/linear.ts";
import { softmax } from "../graphs/ops/normalize.ts";
import { reshape, transpose } from "../graphs/ops/shape.ts";
import type { HistoryValues } from "./backbone.ts";
import { byTime, byToken, dense, type Dropout } from "./history_layers.ts";

/** Added to the scores of later tokens, which then weigh nothing. */
const LATER = -1e9;

/**
 * Causal self-attention of each history's tokens, softmax(Q K^T / sqrt(D / H)) V with H heads (Vaswani et al., NeurIPS
 * 2017, eq. 1): a token attends to itself and those before. Queries come from `asks`, keys and values from `tokens`.
 *
 * @returns [K, D], without a projection of the heads' outputs, as SASRec has it.
 */
export function causalAttention(
  graph: GraphBuilder,
  { asks, tokens }: { readonly asks: Value; readonly tokens: Value }, // [K, D] each
  history: HistoryValues,
  heads: number,
  dropout: Dropout,
): Value {
  const [histories, length] = history.cells.shape as [number, number], width = tokens.shape[1]!, each = width / heads;
  const split = (x: Value) => transpose(reshape(byTime(x, history), [histories, length, heads, each]), [0, 2, 1, 3]); // [S, H, T, D / H]
  const queries = split(dense(graph, "query", asks, width)), values = split(dense(graph, "value", tokens, width));
  // a bias of the keys would add the same to all of a query's products, which the softmax takes out
  const keys = split(matmul(tokens, graph.variable("key/W", [width, width], xavierUniform)));
  const later = graph.constant(
    Float32Array.from({ length: length ** 2 }, (_, at) => at % length > Math.floor(at / length) ? LATER : 0),
    [1, 1, length, length],
  );
  const products = mul(matmul(queries, swapAxes(keys)), 1 / Math.sqrt(each));
  const weights = dropout("attention", softmax(add(products, later))); // [S, H, T, T]
  const mixed = transpose(matmul(weights, values), [0, 2, 1, 3]); // [S, T, H, D / H]
  return byToken(reshape(mixed, [histories, length, width]), history);
}
