import type { GraphBuilder, Value } from "../../graphs/builder.ts";
import { xavierUniform } from "../../graphs/initializers.ts";
import { leakyRelu } from "../../graphs/ops/activation.ts";
import { div, max, mul, sqrt } from "../../graphs/ops/arithmetic.ts";
import { gather, scatterNdAdd } from "../../graphs/ops/index.ts";
import { sum } from "../../graphs/ops/reduce.ts";
import { concat, zerosOf } from "../../graphs/ops/shape.ts";
import { linear } from "../gates.ts";
import type { WalkableGraph } from "./walkable_graph.ts";

/** A vector that is no longer is not scaled to length 1. */
const SHORTEST = 1e-6;

/**
 * Vectors of all nodes, [nodes, `dim`], of length 1: two layers h' = LeakyReLU(W [h, mean of the neighbours' h] + b)
 * (Hamilton, Ying & Leskovec, NeurIPS 2017, Alg. 1, mean aggregator) over a trained table, the first half as wide.
 */
export function nodeVectors(
  graph: GraphBuilder,
  { nodes, sources, targets, shares }: WalkableGraph,
  dim: number,
): Value {
  const edges = sources.length, into = graph.constant(targets, [edges, 1]), from = graph.constant(sources);
  const share = graph.constant(shares, [nodes, 1]);
  const around = (h: Value) => mul(share, scatterNdAdd(zerosOf(h, h.shape), into, gather(h, from)));
  const layer = (name: string, h: Value, to: number) =>
    leakyRelu(linear(graph, name, 2 * h.shape[1]!, to)(concat([h, around(h)], 1)));
  const table = graph.variable("node", [nodes, dim], xavierUniform);
  const h = layer("second", layer("first", table, Math.ceil(dim / 2)), dim);
  return div(h, max(sqrt(sum(mul(h, h), [1], true)), SHORTEST));
}
