import type { Value } from "../../graphs/builder.ts";
import { openReshape } from "../../graphs/imports/shapes.ts";
import { add, mul } from "../../graphs/ops/arithmetic.ts";
import { cast, less, or } from "../../graphs/ops/compare.ts";
import { ints } from "../../graphs/ops/operand.ts";
import { expandOp, reshapeOp, slice } from "../../graphs/ops/shape.ts";
import { type Shape, sizeOf } from "../../graphs/tensor.ts";

/** How tensors of rows and of candidates meet in pairs, R N of them. Nothing here fixes R: an exported file leaves it open. */
export interface Spread {
  /** A row's tensor for each of its candidates. */
  ofRows(x: Value): Value; // [R, ..] -> [R N, ..]
  /** A candidate's tensor for each row: a shared pool is repeated. */
  ofCandidates(x: Value): Value; // [R N | N, ..] -> [R N, ..]
  /** An elementwise op of both, of which neither is repeated in memory. */
  meet(op: (a: Value, b: Value) => Value, row: Value, candidate: Value): Value; // -> [R N, ..]
  /** Scores of pairs by rows. */
  toRows(x: Value): Value; // [R N] -> [R, N]
}

/** The pairs of queries [R, 1, D] with candidates [R, N, 1, D] of their own, or [1, N, 1, D] for all. */
export function spreadOf(query: Value, items: Value): Spread {
  const [rows] = query.shape as [number], [pools, count] = items.shape as [number, number];
  const zeros = mul(slice(query, -1, 0, 1), 0); // [R, 1, 1]
  const forEachRow = (x: Value) => {
    if (x.dtype === "float32") return add(x, zeros);
    const falses = less(zeros, zeros); // of what is not a number, too
    return x.dtype === "bool" ? or(x, falses) : add(x, cast(falses, x.dtype));
  };
  const byRow = (x: Value) => openReshape(x, [rows, 1, width(x)]);
  const byCandidate = (x: Value) => inShape(x, [pools === 1 ? 1 : -1, count, width(x)]);
  const flat = (x: Value, like: Value) => inShape(x, [-1, ...like.shape.slice(1)]);
  return {
    ofRows: (x) =>
      count === 1 ? x : flat(x.graph.apply(expandOp, [byRow(x), ints(x.graph, [1, count, width(x)])])[0]!, x),
    ofCandidates: (x) => pools === 1 ? flat(forEachRow(byCandidate(x)), x) : x,
    meet: (op, row, candidate) => flat(op(byRow(row), byCandidate(candidate)), row),
    toRows: (x) => inShape(x, [-1, count]),
  };
}

const width = ({ shape }: Value) => sizeOf(shape.slice(1));
/** In another shape, of which the axis -1 takes what is left. */
const inShape = (x: Value, shape: Shape) => x.graph.apply(reshapeOp, [x, ints(x.graph, shape)], { allowzero: 0 })[0]!;
