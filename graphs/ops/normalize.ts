import type { Attributes, Op, Value } from "../builder.ts";
import { broadcastShapes, normalizeAxis, sameShape, sizeOf } from "../tensor.ts";
import { add, mul, reciprocal, sqrt, sub } from "./arithmetic.ts";
import { greater, where } from "./compare.ts";
import { mean, sum, unbroadcast } from "./reduce.ts";
import { expand } from "./shape.ts";

/** Vectors no longer than this count as zero. */
const ZERO = 1e-12;

export const softmaxOp: Op = {
  type: "Softmax",
  attributes: { axis: "int" },
  infer: ([x], { axis }) => {
    normalizeAxis((axis as number | undefined) ?? -1, x!.shape.length, "Softmax");
    return [x!.type];
  },
  vjp: ([g], { outputs: [y], attributes: { axis } }) => {
    const weighted = mul(g!, y!);
    return [sub(weighted, mul(y!, sum(weighted, [(axis as number | undefined) ?? -1], true)))];
  },
};
/**
 * Ba, Kiros & Hinton (2016). Outputs are the normalised input, and for each vector its mean and the inverse of its
 * deviation, which the gradient takes.
 */
export const layerNormOp: Op = {
  type: "LayerNormalization",
  attributes: { axis: "int", epsilon: "float", stash_type: "int" },
  infer: ([x, scale, bias], { axis }) => {
    for (const part of [scale, bias]) {
      if (!part || sameShape(broadcastShapes(x!.shape, part.shape), x!.shape)) continue;
      throw new TypeError(
        `Cannot normalise [${x!.shape}] with a scale or bias [${part.shape}]: it does not broadcast to that`,
      );
    }
    const first = firstNormalized(x!, axis), shape = x!.shape.map((d, at) => at >= first ? 1 : d);
    return [x!.type, { dtype: x!.dtype, shape }, { dtype: x!.dtype, shape }];
  },
  vjp: ([g, ofCentre, ofInverse], { inputs: [x, scale, bias], outputs: [, centre, inverse], attributes: { axis } }) => {
    const first = firstNormalized(x!, axis), over = x!.shape.flatMap((_, at) => at >= first ? [at] : []);
    const unit = mul(sub(x!, centre!), inverse!), share = 1 / sizeOf(x!.shape.slice(first)), parts: Value[] = [];
    if (g) {
      const g1 = mul(g, scale!);
      parts.push(mul(sub(sub(g1, mean(g1, over, true)), mul(unit, mean(mul(g1, unit), over, true))), inverse!));
    }
    if (ofCentre) parts.push(expand(mul(ofCentre, share), x!.shape));
    if (ofInverse) parts.push(mul(mul(mul(ofInverse, -share), mul(inverse!, inverse!)), unit));
    const ofScale = g ? unbroadcast(mul(g, unit), scale!.shape) : null;
    return [parts.reduce(add), ofScale, ...bias ? [g ? unbroadcast(g, bias.shape) : null] : []];
  },
};
const firstNormalized = (x: Value, axis: Attributes[string] | undefined) =>
  normalizeAxis((axis as number | undefined) ?? -1, x.shape.length, "LayerNormalization");

/** e^x normalised to sum 1 along `axis`, of x's shape; stable. To leave an element out, -1e30: where all are -Infinity, NaN. */
export const softmax = (x: Value, axis = -1): Value =>
  x.graph.apply(softmaxOp, [x], { axis: normalizeAxis(axis, x.shape.length, "Softmax") })[0]!;
/** `x` brought to mean 0 and variance 1 over the last axis, times `scale` plus `bias` (both [D]). */
export const layerNorm = (x: Value, scale: Value, bias: Value, epsilon = 1e-5): Value =>
  x.graph.apply(layerNormOp, [x, scale, bias], { axis: -1, epsilon })[0]!;

/** x / |x| over the last axis; a zero vector stays one, and gets no gradient. */
export function unit(x: Value): Value {
  const squares = sum(mul(x, x), [-1], true), long = greater(squares, ZERO ** 2);
  return mul(x, where(long, reciprocal(sqrt(where(long, squares, 1))), 0));
}
