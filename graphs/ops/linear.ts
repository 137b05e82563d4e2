import type { Op, Value } from "../builder.ts";
import { broadcastShapes, sameShape, sizeOf } from "../tensor.ts";
import { mul } from "./arithmetic.ts";
import { unbroadcast } from "./reduce.ts";
import { reshape, transpose } from "./shape.ts";

/** Vectors are rows on the left and columns on the right, as in numpy. */
const promote = (a: Value, b: Value): [Value, Value] => [
  a.shape.length === 1 ? reshape(a, [1, ...a.shape]) : a,
  b.shape.length === 1 ? reshape(b, [...b.shape, 1]) : b,
];
/** [.., D] -> [n, D]. */
const rowsOf = (x: Value): Value => reshape(x, [sizeOf(x.shape) / x.shape.at(-1)!, x.shape.at(-1)!]);
export const matmulOp: Op = {
  type: "MatMul",
  infer: ([a, b]) => {
    const left = a!.shape.length === 1 ? [1, ...a!.shape] : a!.shape;
    const right = b!.shape.length === 1 ? [...b!.shape, 1] : b!.shape;
    if (left.length < 2 || right.length < 2) {
      throw new TypeError(`Cannot multiply [${a!.shape}] by [${b!.shape}]: a scalar is no matrix`);
    }
    const inner = left.at(-1)!, other = right.at(-2)!;
    if (inner !== other) {
      throw new TypeError(`Cannot multiply [${a!.shape}] by [${b!.shape}]: inner sizes ${inner} and ${other} differ`);
    }
    if (a!.dtype !== b!.dtype) {
      throw new TypeError(
        `Cannot multiply ${a!.dtype} [${a!.shape}] by ${b!.dtype} [${b!.shape}]: element types differ`,
      );
    }
    const shape = [...broadcastShapes(left.slice(0, -2), right.slice(0, -2))];
    if (a!.shape.length > 1) shape.push(left.at(-2)!);
    if (b!.shape.length > 1) shape.push(right.at(-1)!);
    return [{ dtype: a!.dtype, shape }];
  },
  vjp: ([g], { inputs: [a, b] }) => {
    const [left, right] = promote(a!, b!);
    const lead = broadcastShapes(left.shape.slice(0, -2), right.shape.slice(0, -2));
    const full = reshape(g!, [...lead, left.shape.at(-2)!, right.shape.at(-1)!]);
    const da = unbroadcast(matmul(full, swapAxes(right)), left.shape);
    // of a matrix that all of a stack are multiplied by: one product, where broadcasting would sum a stack of them
    const db = right.shape.length === 2
      ? matmul(swapAxes(rowsOf(left)), rowsOf(full))
      : unbroadcast(matmul(swapAxes(left), full), right.shape);
    return [reshape(da, a!.shape), reshape(db, b!.shape)];
  },
};
/** alpha A' B' + beta C, where A' is A or its transpose. */
export const gemmOp: Op = {
  type: "Gemm",
  attributes: { alpha: "float", beta: "float", transA: "int", transB: "int" },
  infer: ([a, b, c], { transA, transB }) => {
    const [m, k] = transA ? [a!.shape[1], a!.shape[0]] : a!.shape,
      [l, n] = transB ? [b!.shape[1], b!.shape[0]] : b!.shape;
    if (a!.shape.length !== 2 || b!.shape.length !== 2 || k !== l) {
      throw new TypeError(`Cannot apply "Gemm" to [${a!.shape}] and [${b!.shape}]: inner sizes ${k} and ${l} differ`);
    }
    if (c && !sameShape(broadcastShapes([m!, n!], c.shape), [m!, n!])) {
      throw new TypeError(`Cannot apply "Gemm": [${c.shape}] does not broadcast to the product's [${m},${n}]`);
    }
    return [{ dtype: a!.dtype, shape: [m!, n!] }];
  },
  vjp: ([g], { inputs: [a, b, c], attributes: { alpha, beta, transA, transB } }) => {
    const y = alpha === undefined || alpha === 1 ? g! : mul(g!, Number(alpha));
    const left = transA ? swapAxes(a!) : a!, right = transB ? swapAxes(b!) : b!;
    const da = matmul(y, swapAxes(right)), db = matmul(swapAxes(left), y);
    const out = [transA ? swapAxes(da) : da, transB ? swapAxes(db) : db];
    if (c) out.push(unbroadcast(beta === undefined || beta === 1 ? g! : mul(g!, Number(beta)), c.shape));
    return out;
  },
};

/** Matrix product over the last two axes, [.., m, k] by [.., k, n] -> [.., m, n]; leading axes broadcast, a vector is as in numpy. */
export const matmul = (a: Value, b: Value): Value => a.graph.apply(matmulOp, [a, b])[0]!;
/** A' B' + c of two matrices, [m, k] by [k, n] -> [m, n], where a true `transA` or `transB` transposes; `c` broadcasts. */
export function gemm(a: Value, b: Value, c?: Value, { transA = false, transB = false } = {}): Value {
  return a.graph.apply(gemmOp, c ? [a, b, c] : [a, b], { transA: transA ? 1 : 0, transB: transB ? 1 : 0 })[0]!;
}
/** Swaps the last two axes. */
export function swapAxes(x: Value): Value {
  const rank = x.shape.length;
  return transpose(
    x,
    [...x.shape.keys()].map((axis) => axis === rank - 1 ? rank - 2 : axis === rank - 2 ? rank - 1 : axis),
  );
}
