import type { Op, Value } from "../builder.ts";
import { normalizeAxis } from "../tensor.ts";
import { add, div, mul, reciprocal, sqrt, sub } from "./arithmetic.ts";
import { greater, where } from "./compare.ts";
import { mean, sum, unbroadcast } from "./reduce.ts";

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
/** Ba, Kiros & Hinton (2016). The gradient is written out from the normalised input. */
export const layerNormOp: Op = {
  type: "LayerNormalization",
  attributes: { axis: "int", epsilon: "float", stash_type: "int" },
  infer: ([x], { axis }) => {
    normalizeAxis((axis as number | undefined) ?? -1, x!.shape.length, "LayerNormalization");
    return [x!.type];
  },
  vjp: ([g], { inputs: [x, scale, bias], attributes: { axis, epsilon } }) => {
    const first = normalizeAxis((axis as number | undefined) ?? -1, x!.shape.length, "LayerNormalization");
    const over = x!.shape.flatMap((_, at) => at >= first ? [at] : []);
    const centred = sub(x!, mean(x!, over, true));
    const deviation = sqrt(add(mean(mul(centred, centred), over, true), Number(epsilon ?? 1e-5)));
    const unit = div(centred, deviation), g1 = mul(g!, scale!);
    const dx = div(sub(sub(g1, mean(g1, over, true)), mul(unit, mean(mul(g1, unit), over, true))), deviation);
    const out = [dx, unbroadcast(mul(g!, unit), scale!.shape)];
    if (bias) out.push(unbroadcast(g!, bias.shape));
    return out;
  },
};

/** e^x normalised to sum 1 along `axis`; stable. */
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
