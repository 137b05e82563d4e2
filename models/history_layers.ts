import type { GraphBuilder, Value } from "../graphs/builder.ts";
import { filled, xavierUniform, zeros } from "../graphs/initializers.ts";
import { add, mul } from "../graphs/ops/arithmetic.ts";
import { less, where } from "../graphs/ops/compare.ts";
import { gather } from "../graphs/ops/index.ts";
import { matmul } from "../graphs/ops/linear.ts";
import { layerNorm } from "../graphs/ops/normalize.ts";
import { reshape, unsqueeze } from "../graphs/ops/shape.ts";
import type { BatchValues, Encoder, HistoryValues } from "./backbone.ts";
import { dot } from "./scoring.ts";

/** The histories of a batch. @throws TypeError where whoever builds the graph has declared none. */
export function historyOf({ history }: BatchValues, backbone: string): HistoryValues {
  if (history) return history;
  throw new TypeError(`Cannot build "${backbone}": the batch has no histories, and it reads nothing else`);
}

/** Vectors of tokens by history and time; past a history's end, those of token 0. */
export const byTime = (tokens: Value, { cells }: HistoryValues): Value => gather(tokens, cells); // [K, W] -> [S, T, W]

/** Vectors by history and time as those of tokens. */
export function byToken(cells: Value, { places }: HistoryValues): Value { // [S, T, W] -> [K, W]
  const [histories, length, width] = cells.shape as [number, number, number];
  return gather(reshape(cells, [histories * length, width]), places);
}

/** x W + b; W starts Xavier-uniform, b at zero. */
export const dense = (graph: GraphBuilder, name: string, x: Value, width: number): Value =>
  affine(graph, name, x.shape.at(-1)!, width)(x);

/** {@link dense} for more than one x. */
export const affine = (graph: GraphBuilder, name: string, from: number, to: number): (x: Value) => Value =>
  graph.scope(name, () => {
    const weight = graph.variable("W", [from, to], xavierUniform), bias = graph.variable("b", [to], zeros);
    return (x) => add(matmul(x, weight), bias);
  });

/** Layer normalisation with a scale and a bias of its own (Ba, Kiros & Hinton, 2016). */
export const norm = (graph: GraphBuilder, name: string, x: Value): Value =>
  graph.scope(name, () => {
    const shape = [x.shape.at(-1)!];
    return layerNorm(x, graph.variable("scale", shape, filled(1)), graph.variable("bias", shape, zeros), 1e-8);
  });

/**
 * The encoder of a model whose items have one table for both sides: `query` [R, D] asks, scores are inner products, and
 * weight decay applies to the item that each row asks after, of the tokens' `met` [K, D].
 */
export const tied = (query: Value, table: Value, met: Value, { asked }: HistoryValues): Encoder => ({
  query: unsqueeze(query, 1), // [R, 1, D]
  items: (ids) => unsqueeze(gather(table, ids), -2),
  score: dot,
  dot: true,
  decayed: gather(met, asked),
});

/** Drops elements at `rate` while training, and scales the others up (Srivastava et al., JMLR 2014). */
export type Dropout = (name: string, x: Value) => Value;
export const dropoutAt = (graph: GraphBuilder, rate: number, training = false): Dropout => (name, x) =>
  !training || rate === 0 ? x : mul(x, where(less(graph.noise(`dropout/${name}`, x.shape), rate), 0, 1 / (1 - rate)));
