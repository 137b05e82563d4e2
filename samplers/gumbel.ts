import type { GraphBuilder, Value } from "../graphs/builder.ts";
import { log, max, neg } from "../graphs/ops/arithmetic.ts";
import type { Shape } from "../graphs/tensor.ts";

/** The least that a logarithm is taken of. */
const SMALLEST = 1e-30;

/** Standard Gumbel noise, -log(-log U): added to log masses, it makes the largest a draw by those masses. */
export const gumbel = (graph: GraphBuilder, name: string, shape: Shape): Value =>
  neg(log(max(neg(log(max(graph.noise(name, shape), SMALLEST))), SMALLEST)));
