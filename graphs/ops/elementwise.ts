import type { Op, Value } from "../builder.ts";
import { broadcastShapes, type DType } from "../tensor.ts";
import { applyBinary, type Operand } from "./operand.ts";

/** An elementwise op of one input; `vjp` takes the cotangent of the output, the input and the output. */
export function unary(type: string, vjp: (g: Value, x: Value, y: Value) => Value): Op {
  return { type, infer: ([x]) => [x!.type], vjp: ([g], { inputs: [x], outputs: [y] }) => [vjp(g!, x!, y!)] };
}

/** The shape rule of elementwise ops of two inputs of one element type, which is the output's unless `dtype` is. */
export function inferBinary(type: string, dtype?: DType): Op["infer"] {
  return ([a, b]) => {
    if (a!.dtype !== b!.dtype) {
      throw new TypeError(`Cannot apply "${type}" to ${a!.dtype} and ${b!.dtype}: element types differ`);
    }
    return [{ dtype: dtype ?? a!.dtype, shape: broadcastShapes(a!.shape, b!.shape) }];
  };
}

/** An op of one input as a function. */
export function apply1(op: Op): (x: Value) => Value {
  return (x) => x.graph.apply(op, [x])[0]!;
}

/** An elementwise op of two operands as a function. */
export function apply2(op: Op): (a: Operand, b: Operand) => Value {
  return (a, b) => applyBinary(op, a, b);
}
