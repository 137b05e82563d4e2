import type { Catalogue } from "../datasets/catalogue.ts";
import type { GraphBuilder, Op, Value } from "../graphs/builder.ts";
import { mul } from "../graphs/ops/arithmetic.ts";
import { gather } from "../graphs/ops/index.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { concat, pad, zerosOf } from "../graphs/ops/shape.ts";
import { neighbourhoods } from "./neighbourhoods.ts";

/** How a graph of who met what carries vectors on, in the order of {@link neighbourhoods}. */
export interface Propagation {
  /** The position of each node: node u is user u, node `users + i` is item i. */
  readonly position: Int32Array; // [U + I]
  /** The rows of all nodes [U + I, D] by position, and a row for padding: [U + I + 1, D]. */
  ordered(nodes: Value): Value;
  /** D^-1/2 A D^-1/2 x over rows by position. What the last row holds is not read; the result has zeros there. */
  hop(x: Value): Value; // [U + I + 1, D] -> [U + I + 1, D]
}

/**
 * Lays out the propagation of a catalogue's graph. `kept` [E + 1, 1] multiplies what crosses each interaction, in the
 * order of the catalogue's positives, both ways; its last element is that of padding.
 */
export function propagation(graph: GraphBuilder, catalogue: Catalogue, kept?: Value): Propagation {
  const { order, position, count, degree, blocks, isolated } = neighbourhoods(catalogue);
  const from = graph.constant(Int32Array.from([...order, count])), to = graph.constant(position);
  const roots = Float32Array.from({ length: count + 1 }, (_, at) => degree[at] ? 1 / Math.sqrt(degree[at]) : 0);
  const scale = graph.constant(roots, [count + 1, 1]); // D^-1/2
  const rectangles = blocks.map(({ rows, width, neighbours, edges }) => ({
    ids: graph.constant(neighbours, [rows, width]),
    weights: kept && gather(kept, graph.constant(edges, [rows, width])), // [n, k, 1]
  }));
  const hop = (x: Value): Value => {
    const scaled = mul(scale, x);
    const sums = rectangles.map(({ ids, weights }) => {
      const messages = gather(scaled, ids); // [n, k, D]
      return sum(weights ? mul(messages, weights) : messages, [1]);
    });
    return mul(scale, concat([...sums, zerosOf(x, [isolated + 1, x.shape[1]!])], 0));
  };
  return {
    position,
    ordered: (nodes) => linear(nodes, (x) => gather(pad(x, [0, 0], [1, 0]), from), (g) => gather(g, to)),
    hop: (x) => linear(x, hop, hop), // the matrix is symmetric
  };
}

/**
 * y = f(x) for a linear `f` whose `transposed` is known: gradients then gather as values do, where the rule of each op
 * of `f` would scatter. CastLike, which ONNX gives two inputs to and here changes nothing, carries the rule.
 */
function linear(x: Value, f: (x: Value) => Value, transposed: (g: Value) => Value): Value {
  const op: Op = { type: "CastLike", infer: ([y]) => [y!.type], vjp: ([g]) => [null, transposed(g!)] };
  return x.graph.apply(op, [f(x), x])[0]!;
}
