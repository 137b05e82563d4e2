import { Value } from "./builder.ts";
import { prune } from "./prune.ts";
import { sameShape } from "./tensor.ts";

/** A length that no axis has by itself. */
const LENGTH = 7919;
/** Ops that write into their first input, at places that others give. */
const SCATTERING: ReadonlySet<string> = new Set(["ScatterElements", "ScatterND"]);

/**
 * Whether what computes `outputs` holds for any length of the first axis of `input`, and theirs follows it: a file may leave
 * it open. Lengths that a graph was built for may stay in it, in the shape of a Reshape or as ones that are joined to each
 * row. Shapes alone are looked at; what sums over that axis, takes some of its places or writes to some is taken not to
 * hold.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GraphBuilder } from "./builder.ts";
 * import { isOpen } from "./open_axis.ts";
 * import { mul } from "./ops/arithmetic.ts";
 * import { concat } from "./ops/shape.ts";
 *
 * const g = new GraphBuilder(), x = g.input("x", "float32", [1, 2]), one = g.constant(Float32Array.of(1), [1, 1]);
 * assert.equal(isOpen(x, [mul(x, one)]), true);
 * assert.equal(isOpen(x, [concat([x, one], 1)]), false); // there are as many ones as rows
 * ```
 */
export function isOpen(input: Value, outputs: readonly Value[]): boolean {
  const { graph, name, dtype, shape } = input, long = [LENGTH, ...shape.slice(1)];
  const found = new Map([[input, new Value(graph, name, { dtype, shape: long })]]);
  for (const { op, attributes, inputs, outputs: made } of prune(graph, outputs).nodes) {
    const follows = inputs.map((value) => found.has(value));
    if (!follows.includes(true)) continue;
    const types = inferred(() => op.infer(inputs.map((value) => found.get(value) ?? value), attributes));
    if (!types || types.every(({ shape }, at) => sameShape(shape, made[at]!.shape))) return false;
    if (SCATTERING.has(op.type) && !follows.slice(1).includes(true)) return false;
    made.forEach((value, at) => found.set(value, new Value(graph, value.name, types[at]!, value.node)));
  }
  return outputs.every((output) => {
    const { shape } = found.get(output) ?? output;
    return sameShape(shape, [LENGTH, ...output.shape.slice(1)]);
  });
}

/** Undefined where the shapes do not fit. */
function inferred<T>(infer: () => T): T | undefined {
  try {
    return infer();
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
