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
  /**
   * D^-1/2 A D^-1/2 x over rows by position. What the last row holds is not read; the result has zeros there. `kept`
   * multiplies what crosses each interaction, in the order of the catalogue's positives: [E + 1, 1] both ways, or, of a
   * propagation that is `directed`, [2 (E + 1), 1], first what users are sent, then what items are. The last of E + 1 is
   * that of padding.
   */
  hop(x: Value, kept?: Value): Value; // [U + I + 1, D] -> [U + I + 1, D]
}

/** Lays out the propagation of a catalogue's graph; `directed` where the two ways of an interaction are kept apart. */
export function propagation(graph: GraphBuilder, catalogue: Catalogue, directed = false): Propagation {
  const { order, position, count, degree, blocks, isolated } = neighbourhoods(catalogue);
  const from = graph.constant(Int32Array.from([...order, count])), to = graph.constant(position);
  const roots = Float32Array.from({ length: count + 1 }, (_, at) => degree[at] ? 1 / Math.sqrt(degree[at]) : 0);
  const scale = graph.constant(roots, [count + 1, 1]); // D^-1/2
  const { users, positives } = catalogue, ways = positives.length + 1;
  let first = 0; // position of a block's first row
  const rectangles = blocks.map(({ rows, width, neighbours, edges }) => {
    const start = first, toItem = (slot: number) => order[start + Math.floor(slot / width)]! >= users;
    first += rows;
    /** Where each message finds what it is multiplied by: in the half of who is sent it, or of who sends it. */
    const at = (sent: boolean) =>
      graph.constant(
        directed ? edges.map((edge, slot) => toItem(slot) === sent ? edge + ways : edge) : edges,
        [rows, width],
      );
    return { ids: graph.constant(neighbours, [rows, width]), at };
  });
  const carry = (x: Value, sent: boolean, kept?: Value): Value => {
    const scaled = mul(scale, x);
    const sums = rectangles.map(({ ids, at }) => {
      const messages = gather(scaled, ids); // [n, k, D]
      return sum(kept ? mul(messages, gather(kept, at(sent))) : messages, [1]);
    });
    return mul(scale, concat([...sums, zerosOf(x, [isolated + 1, x.shape[1]!])], 0));
  };
  return {
    position,
    ordered: (nodes) => linear(nodes, (x) => gather(pad(x, [0, 0], [1, 0]), from), (g) => gather(g, to)),
    // A is symmetric: transposed, a message goes the other way under the same mask
    hop: (x, kept) => linear(x, (x) => carry(x, true, kept), (g) => carry(g, false, kept)),
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
