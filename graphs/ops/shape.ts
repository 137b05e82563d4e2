import type { Attributes, Op, Value } from "../builder.ts";
import { RESHAPING } from "../layout_ops.ts";
import { broadcastShapes, normalizeAxis, sameShape, type Shape, sizeOf, type TensorType } from "../tensor.ts";
import { ints, readInts, uniformOf } from "./operand.ts";
import { unbroadcast } from "./reduce.ts";

const retyped = (x: Value, shape: Shape): TensorType[] => [{ dtype: x.dtype, shape }];

/** ONNX's rules: 0 copies the axis, one -1 takes what is left. */
function inferReshape([x, target]: readonly Value[]): TensorType[] {
  const asked = readInts(target, "Reshape", "shape").map((d, axis) => d === 0 ? x!.shape[axis] ?? 0 : d);
  const known = asked.filter((d) => d !== -1).reduce((a, b) => a * b, 1);
  const shape = asked.map((d) => d === -1 ? sizeOf(x!.shape) / known : d);
  if (sizeOf(shape) !== sizeOf(x!.shape) || !shape.every(Number.isInteger)) {
    throw new TypeError(`Cannot reshape [${x!.shape}] to [${asked}]: ${sizeOf(x!.shape)} elements do not fit`);
  }
  return retyped(x!, shape);
}
export const reshapeOp: Op = {
  type: "Reshape",
  attributes: { allowzero: "int" },
  infer: inferReshape,
  vjp: ([g], { inputs: [x] }) => [reshape(g!, x!.shape), null],
};
export const squeezeOp: Op = {
  type: "Squeeze",
  infer: ([x, axes]) => {
    const named = axes ? readInts(axes, "Squeeze", "axes") : [];
    const over = named.length > 0 // onnxruntime takes an empty list for none
      ? named.map((axis) => normalizeAxis(axis, x!.shape.length, "Squeeze"))
      : x!.shape.flatMap((d, axis) => d === 1 ? [axis] : []);
    const wide = over.find((axis) => x!.shape[axis] !== 1);
    if (wide !== undefined) throw new TypeError(`Cannot squeeze axis ${wide} of [${x!.shape}]: its length is not 1`);
    return retyped(x!, x!.shape.filter((_, axis) => !over.includes(axis)));
  },
  vjp: ([g], { inputs: [x] }) => [reshape(g!, x!.shape), null],
};
export const unsqueezeOp: Op = {
  type: "Unsqueeze",
  infer: ([x, axes]) => {
    const at = readInts(axes, "Unsqueeze", "axes"), rank = x!.shape.length + at.length;
    const fresh = new Set(at.map((axis) => normalizeAxis(axis, rank, "Unsqueeze"))), rest = x!.shape.values();
    return retyped(x!, Array.from({ length: rank }, (_, axis) => fresh.has(axis) ? 1 : rest.next().value!));
  },
  vjp: ([g], { inputs: [x] }) => [reshape(g!, x!.shape), null],
};
export const expandOp: Op = {
  type: "Expand",
  infer: ([x, shape]) => retyped(x!, broadcastShapes(x!.shape, readInts(shape, "Expand", "shape"))),
  vjp: ([g], { inputs: [x] }) => [unbroadcast(g!, x!.shape), null],
};
export const transposeOp: Op = {
  type: "Transpose",
  attributes: { perm: "ints" },
  infer: ([x], attributes) => retyped(x!, permOf(x!, attributes).map((axis) => x!.shape[axis]!)),
  vjp: ([g], { inputs: [x], attributes }) => {
    const perm = permOf(x!, attributes);
    return [transpose(g!, perm.map((_, axis) => perm.indexOf(axis)))];
  },
};
function permOf(x: Value, { perm }: Attributes): readonly number[] {
  const found = (perm as readonly number[] | undefined) ?? x.shape.map((_, axis) => x.shape.length - 1 - axis);
  if (found.length === x.shape.length && new Set(found).size === found.length && found.every((a) => a in x.shape)) {
    return found;
  }
  throw new TypeError(`Cannot transpose [${x.shape}] by [${found}]: that is no permutation of its axes`);
}
export const concatOp: Op = {
  type: "Concat",
  attributes: { axis: "int" },
  infer: (xs, { axis }) => {
    const first = xs[0]!, at = normalizeAxis(axis as number, first.shape.length, "Concat");
    const odd = xs.find((x) =>
      x.dtype !== first.dtype || x.shape.length !== first.shape.length ||
      x.shape.some((d, other) => other !== at && d !== first.shape[other])
    );
    if (odd) {
      throw new TypeError(
        `Cannot concatenate [${first.shape}] with [${odd.shape}] along axis ${at}: other axes differ`,
      );
    }
    return retyped(first, first.shape.map((d, other) => other === at ? xs.reduce((n, x) => n + x.shape[at]!, 0) : d));
  },
  vjp: ([g], { inputs, attributes: { axis } }) => {
    const at = normalizeAxis(axis as number, g!.shape.length, "Concat");
    let start = 0;
    return inputs.map((x) => slice(g!, at, start, start += x.shape[at]!));
  },
};

/** The range that one axis of a Slice takes: start, step and count, after ONNX's clamping. */
function sliceRange(length: number, start: number, end: number, step: number) {
  const at = (x: number, low: number, high: number) => Math.min(Math.max(x < 0 ? x + length : x, low), high);
  const from = step > 0 ? at(start, 0, length) : at(start, 0, length - 1);
  const to = step > 0 ? at(end, 0, length) : at(end, -1, length - 1);
  return { from, step, count: Math.max(0, Math.ceil((to - from) / step)) };
}
/** The range of each axis of a Slice's input. */
export function sliceRanges([x, starts, ends, axes, steps]: readonly Value[]) {
  const start = readInts(starts, "Slice", "starts"), end = readInts(ends, "Slice", "ends");
  const along = axes ? readInts(axes, "Slice", "axes") : start.map((_, axis) => axis);
  const step = steps ? readInts(steps, "Slice", "steps") : start.map(() => 1);
  const ranges = x!.shape.map((length) => ({ from: 0, step: 1, count: length }));
  along.forEach((axis, i) => {
    const at = normalizeAxis(axis, x!.shape.length, "Slice");
    ranges[at] = sliceRange(x!.shape[at]!, start[i]!, end[i]!, step[i]!);
  });
  return ranges;
}
export const sliceOp: Op = {
  type: "Slice",
  infer: (inputs) => retyped(inputs[0]!, sliceRanges(inputs).map(({ count }) => count)),
  vjp: ([g], { inputs }) => {
    const x = inputs[0]!, ranges = sliceRanges(inputs);
    const strided = ranges.findIndex(({ step }) => step !== 1);
    if (strided !== -1) {
      throw new TypeError(
        `Cannot differentiate "Slice" with step ${ranges[strided]!.step}: only step 1 has a gradient`,
      );
    }
    const before = ranges.map(({ from }) => from);
    const after = ranges.map(({ from, count }, axis) => x.shape[axis]! - from - count);
    return [pad(g!, before, after), ...inputs.slice(1).map(() => null)];
  },
};
/** Lengths of `count` pieces as long as each other, but for the last. */
export const evenly = (length: number, count: number): readonly number[] => {
  const each = Math.ceil(length / count);
  return Array.from({ length: count }, (_, at) => Math.min(each, length - at * each));
};
export const splitOp: Op = {
  type: "Split",
  attributes: { axis: "int", num_outputs: "int" },
  infer: ([x, sizes], { axis, num_outputs }) => {
    const at = normalizeAxis((axis as number | undefined) ?? 0, x!.shape.length, "Split"), length = x!.shape[at]!;
    const lengths = sizes ? readInts(sizes, "Split", "sizes") : evenly(length, Number(num_outputs ?? 0));
    if (lengths.some((each) => each < 0)) {
      throw new TypeError(`Cannot split into pieces of [${lengths}]: one is negative`);
    }
    if (lengths.reduce((a, b) => a + b, 0) !== length) {
      throw new TypeError(
        `Cannot split axis ${at} of [${x!.shape}] into [${lengths}]: they do not add up to ${length}`,
      );
    }
    return lengths.map((d) => ({ dtype: x!.dtype, shape: x!.shape.map((old, other) => other === at ? d : old) }));
  },
  vjp: (gs, { inputs: [x], outputs, attributes: { axis } }) => [
    concat(gs.map((g, i) => g ?? zerosLike(outputs[i]!)), (axis as number | undefined) ?? 0),
    ...(x ? [null] : []),
  ],
};
/** Constant mode only: [before of every axis, after of every axis]. */
export const padOp: Op = {
  type: "Pad",
  attributes: { mode: "string" },
  infer: ([x, pads], { mode }) => {
    if ((mode ?? "constant") !== "constant") {
      throw new TypeError(`Cannot pad in mode "${mode}": only "constant" is known`);
    }
    const by = readInts(pads, "Pad", "pads"), rank = x!.shape.length;
    if (by.length !== 2 * rank) {
      throw new TypeError(`Cannot pad [${x!.shape}] by [${by}]: that takes ${rank} numbers before and ${rank} after`);
    }
    return retyped(x!, x!.shape.map((d, axis) => d + by[axis]! + by[rank + axis]!));
  },
  vjp: ([g], { inputs: [x, pads, ...rest] }) => {
    const by = readInts(pads, "Pad", "pads"), rank = x!.shape.length;
    const added = by.map((n) => Math.max(n, 0)), cut = by.map((n) => Math.max(-n, 0)); // what is negative cuts
    const kept = g!.shape.reduce((y, d, axis) => slice(y, axis, added[axis]!, d - added[rank + axis]!), g!);
    return [pad(kept, cut.slice(0, rank), cut.slice(rank)), null, ...rest.map(() => null)];
  },
};

/** Elements above, or below, a diagonal of the last two axes; zeros elsewhere. */
export const triluOp: Op = {
  type: "Trilu",
  attributes: { upper: "int" },
  infer: ([x]) => [x!.type],
  vjp: ([g], { inputs: [, ...k], attributes }) => [g!.graph.apply(triluOp, [g!, ...k], attributes)[0]!, null],
};

/** The same elements in another shape; no axis may be -1. Reshaping twice is reshaping once. */
export function reshape(x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  const uniform = uniformOf(x);
  if (uniform !== null && sizeOf(shape) === sizeOf(x.shape)) {
    return expand(x.graph.constant(Float32Array.of(uniform), []), shape);
  }
  if (x.node && RESHAPING.has(x.node.op.type)) return reshape(x.node.inputs[0]!, shape);
  return x.graph.apply(reshapeOp, [x, ints(x.graph, shape)], { allowzero: 0 })[0]!;
}
/** Drops these axes, of length 1. */
export const squeeze = (x: Value, axes: readonly number[]): Value =>
  axes.length === 0 ? x : x.graph.apply(squeezeOp, [x, ints(x.graph, axes)])[0]!;
/** Inserts an axis of length 1 at `axis` of the result; -1 is the last. */
export const unsqueeze = (x: Value, axis: number): Value => x.graph.apply(unsqueezeOp, [x, ints(x.graph, [axis])])[0]!;
/** Stretches axes of length 1 to `shape`, broadcast. What holds one number everywhere is stretched from that number. */
export function expand(x: Value, shape: Shape): Value {
  const uniform = uniformOf(x);
  if (uniform !== null) shape = broadcastShapes(x.shape, shape); // what it is stretched from has no axes to tell
  if (uniform !== null && sizeOf(shape) === 1) return x.graph.constant(Float32Array.of(uniform), shape);
  if (sameShape(x.shape, shape)) return x;
  const source = uniform === null ? x : x.graph.constant(Float32Array.of(uniform), []);
  return x.graph.apply(expandOp, [source, ints(x.graph, shape)])[0]!;
}
/** Axis `perm[i]` of `x` becomes axis `i`. */
export const transpose = (x: Value, perm: readonly number[]): Value => x.graph.apply(transposeOp, [x], { perm })[0]!;
/** Joins values, at least one, along `axis`, which they have; their other axes, and element types, are equal. */
export const concat = (xs: readonly Value[], axis: number): Value =>
  xs.length === 1
    ? xs[0]!
    : xs[0]!.graph.apply(concatOp, xs, { axis: normalizeAxis(axis, xs[0]!.shape.length, "Concat") })[0]!;
/** Positions [`from`, `to`) of `axis`; negative ones count from its end, and what is past it is left out. */
export function slice(x: Value, axis: number, from: number, to: number): Value {
  const at = normalizeAxis(axis, x.shape.length, "Slice"), { graph } = x;
  if (from === 0 && to === x.shape[at]) return x;
  const joined = joinedAt(x, at, from);
  if (joined?.shape[at] === to - from) return joined;
  return graph.apply(sliceOp, [x, ints(graph, [from]), ints(graph, [to]), ints(graph, [at])])[0]!;
}
/** Of what `x` joins along `axis`, what starts at `from`. */
function joinedAt({ node, shape }: Value, axis: number, from: number): Value | undefined {
  if (node?.op !== concatOp || normalizeAxis(Number(node.attributes.axis), shape.length, "Concat") !== axis) {
    return undefined;
  }
  let start = 0;
  for (const input of node.inputs) {
    if (start === from) return input;
    start += input.shape[axis]!;
  }
  return undefined;
}
/** Cuts `axis` into pieces of the given `sizes`, which add up to its length. */
export const split = (x: Value, axis: number, sizes: readonly number[]): readonly Value[] =>
  x.graph.apply(splitOp, [x, ints(x.graph, sizes)], { axis: normalizeAxis(axis, x.shape.length, "Split") });
/** Surrounds `x` with zeros: `before` and `after` say how many, for every axis. */
export const pad = (x: Value, before: readonly number[], after: readonly number[]): Value =>
  [...before, ...after].every((n) => n === 0) ? x : x.graph.apply(padOp, [x, ints(x.graph, [...before, ...after])])[0]!;
/** float32 zeros of the shape of `x`, made in the graph. */
export const zerosLike = (x: Value): Value => zerosOf(x, x.shape);
/** float32 zeros of `shape` in the graph of `x`. Expand, because ConstantOfShape falls back to the CPU on WebGPU. */
export const zerosOf = (x: Value, shape: Shape): Value => expand(x.graph.constant(Float32Array.of(0), []), shape);
