import type { Value } from "../builder.ts";
import { gemm, gemmOp } from "../ops/linear.ts";
import { reshape } from "../ops/shape.ts";
import { type Importer, numberOf } from "./importer.ts";

/**
 * x W' (+ c). A single column goes in as one, not as a transposed row: onnxruntime's CPU kernel then takes a seventh of
 * the time.
 */
export function affine(x: Value, weights: Value, c: Value | undefined, transB: boolean): Value {
  const column = transB && weights.shape[0] === 1;
  return gemm(x, column ? reshape(weights, [weights.shape[1]!, 1]) : weights, c, { transB: transB && !column });
}

const importGemm: Importer = ([a, b, c], call) => {
  const transB = numberOf(call, "transB", 0) === 1,
    scaled = numberOf(call, "alpha", 1) !== 1 || numberOf(call, "beta", 1) !== 1;
  if (!scaled && numberOf(call, "transA", 0) === 0) return [affine(a!, b!, c, transB)];
  const attributes = Object.fromEntries(["alpha", "beta"].map((name) => [name, numberOf(call, name, 1)]));
  const flips = Object.fromEntries(["transA", "transB"].map((name) => [name, numberOf(call, name, 0)]));
  return call.graph.apply(gemmOp, [a!, b!, ...c ? [c] : []], { ...attributes, ...flips });
};

export const products: Readonly<Record<string, Importer>> = {
  Gemm: importGemm,
};
