import type { Value } from "../../graphs/builder.ts";
import { RESHAPING } from "../../graphs/layout_ops.ts";
import { normalizeAxis } from "../../graphs/tensor.ts";

/** Whether `scores` of a batch are no more than the inner products of its rows: of `a` [n, D] with `b` [n, D], or all with all. */
export function isInnerProduct(scores: Value, a: Value, b: Value): boolean {
  const factors = factorsOf(bare(scores))?.map(bare);
  if (!factors || a.shape.length !== 2 || b.shape.length !== 2) return false;
  const [p, q] = [bare(a), bare(b)];
  return (factors[0] === p && factors[1] === q) || (factors[0] === q && factors[1] === p);
}

/** A tensor before its elements were given other axes. */
function bare(x: Value): Value {
  const { node } = x, [from] = node?.inputs ?? [];
  if (!node || !from) return x;
  const kept = RESHAPING.has(node.op.type) ||
    (node.op.type === "Transpose" && isReshape(from, node.attributes.perm as readonly number[] | undefined));
  return kept ? bare(from) : x;
}
/** Whether only axes of length 1 change places. */
function isReshape({ shape }: Value, perm: readonly number[] = [...shape.keys()].reverse()): boolean {
  const long = perm.filter((axis) => shape[axis] !== 1);
  return long.every((axis, at) => at === 0 || axis > long[at - 1]!);
}

/** What a value is the inner product of, over the last axis of both. */
function factorsOf({ node }: Value): readonly [Value, Value] | null {
  const [x, y] = node?.inputs ?? [];
  if (!node || !x || !y) return null;
  if (node.op.type === "ReduceSum" && x.node?.op.type === "Mul") {
    const [a, b] = x.node.inputs as [Value, Value], rank = x.shape.length;
    const axes = Array.from<number | bigint, number>(
      y.data ?? [],
      (axis) => normalizeAxis(Number(axis), rank, "ReduceSum"),
    );
    return `${axes}` === `${rank - 1}` && `${a.shape}` === `${b.shape}` ? [a, b] : null;
  }
  if (node.op.type === "Gemm") {
    const { alpha = 1, transA, transB } = node.attributes, isPlain = alpha === 1 && node.inputs.length === 2;
    return isPlain && transB === 1 && !transA ? [x, y] : null;
  }
  if (node.op.type !== "MatMul") return null;
  // [n, 1, D] by [n, D, 1], or [n, D] by [D, m]
  if (x.shape.length === 3 && x.shape[1] === 1 && y.shape[2] === 1) return [x, y];
  const { node: flip } = y;
  return x.shape.length === 2 && flip?.op.type === "Transpose" ? [x, flip.inputs[0]!] : null;
}
