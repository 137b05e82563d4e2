import type { Value } from "../graphs/builder.ts";
import { RESHAPING } from "../graphs/layout_ops.ts";
import { add, mul, neg, sub } from "../graphs/ops/arithmetic.ts";
import { gather } from "../graphs/ops/index.ts";
import { matmul, swapAxes } from "../graphs/ops/linear.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { reshape } from "../graphs/ops/shape.ts";
import type { Rule } from "../graphs/rewrite.ts";
import { sizeOf } from "../graphs/tensor.ts";
import { poolsOf } from "./host_dot.ts";
import { rowsOf } from "./table_rows.ts";

/**
 * Takes the scores of mixed candidates apart: of a (positive) + (1 - a) (candidate), for each candidate of a pool, they
 * are a (the positive's score) + (1 - a) (the candidate's). A mixture is linear in its rows, so its scores are the same
 * mixture of theirs: pools of mixtures need not be made, and the host can take the products where rows lie
 * (`host_dot.ts`). Results are the same but for rounding.
 */
export const distributedPools: Rule = (node, inputs) => {
  const pools = node.op.type === "MatMul" && poolsOf({ ...node, inputs });
  if (!pools) return null;
  const [queries, items] = pools; // [R, 1, D], [R, M, D]
  if (!rowsOf(queries) || rowsOf(items)) return null;
  const scores = scored(items, queries);
  return scores && [reshape(scores, node.outputs[0]!.shape)];
};

/** What `mixed` [R, .., D], made of rows by sums and numbers for whole rows, becomes with the products [R, .., 1] of its rows. */
function scored(mixed: Value, queries: Value): Value | null {
  const { node, shape } = mixed;
  if (shape[0] !== queries.shape[0] || shape.at(-1) !== queries.shape.at(-1)) return null; // rows of one query are together
  const here = [...shape.slice(0, -1), 1], rows = rowsOf(mixed);
  if (rows) return reshape(products(queries, gather(rows.variable, rows.ids)), here);
  if (!node) return null;
  const [first, second] = node.inputs as [Value, Value?], { type } = node.op;
  if (RESHAPING.has(type)) {
    const one = scored(first, queries);
    return one && reshape(one, here);
  }
  switch (type) {
    case "Neg": {
      const one = scored(first, queries);
      return one && neg(one);
    }
    case "Mul":
      return scaled(first, second!, mixed, queries) ?? scaled(second!, first, mixed, queries);
    case "Add":
    case "Sub": {
      const one = isAligned(first, mixed) && isAligned(second!, mixed) ? scored(first, queries) : null;
      const other = one && scored(second!, queries);
      return other && (type === "Add" ? add(one, other) : sub(one, other));
    }
    default:
      return null;
  }
}

/** Whether the first axis of an operand is that of the result: of one with fewer axes it is another. */
const isAligned = (operand: Value, result: Value) => operand.shape.length === result.shape.length;

function scaled(numbers: Value, mixed: Value, result: Value, queries: Value): Value | null {
  if (!isAligned(mixed, result) || (numbers.shape.at(-1) !== 1 && sizeOf(numbers.shape) !== 1)) return null;
  const one = scored(mixed, queries);
  return one && mul(numbers, one);
}

/** The inner products of each query [R, 1, D] with as many rows [R n, D], one query's rows after another's. */
function products(queries: Value, rows: Value): Value {
  const [count, , width] = queries.shape as [number, number, number], each = sizeOf(rows.shape) / (count * width);
  return each === 1
    ? sum(mul(reshape(queries, [count, width]), reshape(rows, [count, width])), [1]) // [R]
    : matmul(queries, swapAxes(reshape(rows, [count, each, width]))); // [R, 1, n]
}
