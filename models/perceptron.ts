import type { GraphBuilder, Value } from "../graphs/builder.ts";
import { xavierUniform, zeros } from "../graphs/initializers.ts";
import { relu } from "../graphs/ops/activation.ts";
import { add } from "../graphs/ops/arithmetic.ts";
import { matmul } from "../graphs/ops/linear.ts";
import { slice, squeeze, unsqueeze } from "../graphs/ops/shape.ts";

/** What scores a row's vector against items' vectors. */
export type PairScore = (query: Value, items: Value) => Value; // [R, D], [R|1, N, D] -> [R, N]

/**
 * A network over the two vectors of a pair side by side, h . z_n of z_l = ReLU(z_{l-1} W_l + b_l), z_0 = [p; q] (He et
 * al., WWW 2017, eq. 10). `hidden` has the widths of z_1 .. z_n. The first layer is p W_p + q W_q + b: p is multiplied
 * once a row, and q once an item where rows share a pool.
 *
 * Declares W_l, b_l and `h`; matrices start Xavier-uniform, biases at zero.
 */
export function perceptron(graph: GraphBuilder, width: number, hidden: readonly number[]): PairScore {
  const [first, ...deeper] = hidden.map((to, at) => ({
    weight: graph.variable(`W_${at + 1}`, [hidden[at - 1] ?? 2 * width, to], xavierUniform),
    bias: graph.variable(`b_${at + 1}`, [to], zeros),
  }));
  const h = graph.variable("h", [hidden.at(-1)!, 1], xavierUniform);
  const ofQuery = slice(first!.weight, 0, 0, width), ofItem = slice(first!.weight, 0, width, 2 * width);
  return (query, items) => {
    const asked = unsqueeze(add(matmul(query, ofQuery), first!.bias), 1); // [R, 1, H]
    const z1 = relu(add(asked, matmul(items, ofItem))); // [R, N, H]
    const z = deeper.reduce((x, { weight, bias }) => relu(add(matmul(x, weight), bias)), z1);
    return squeeze(matmul(z, h), [-1]);
  };
}
