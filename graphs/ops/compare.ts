import { blocksGradient, type Op, type Value } from "../builder.ts";
import { broadcastShapes, type DType, type TensorType } from "../tensor.ts";
import { apply2, inferBinary } from "./elementwise.ts";
import { lift, type Operand } from "./operand.ts";
import { unbroadcast } from "./reduce.ts";

const comparison = (type: string): Op => ({ type, vjp: blocksGradient, infer: inferBinary(type, "bool") });
export const equalOp = comparison("Equal");
export const lessOp = comparison("Less");
export const greaterOp = comparison("Greater");
export const lessOrEqualOp = comparison("LessOrEqual");
export const greaterOrEqualOp = comparison("GreaterOrEqual");
function logical(type: string): Op {
  return {
    type,
    vjp: blocksGradient,
    infer: (inputs): TensorType[] => {
      inputs.forEach((x) => checkBool(x, type));
      return [{ dtype: "bool", shape: inputs.map(({ shape }) => shape).reduce(broadcastShapes) }];
    },
  };
}
function checkBool({ name, dtype }: Value, type: string): void {
  if (dtype !== "bool") throw new TypeError(`Cannot apply "${type}" to "${name}": it takes bool, this is ${dtype}`);
}
export const andOp = logical("And");
export const orOp = logical("Or");
export const xorOp = logical("Xor");
export const notOp = logical("Not");
export const isNaNOp: Op = {
  type: "IsNaN",
  vjp: blocksGradient,
  infer: ([x]) => [{ dtype: "bool", shape: x!.shape }],
};

/** The ONNX codes of element types. */
export const onnxTypes: Readonly<Record<DType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };
/** The element type of a code; undefined where Foil has none such. */
export const typeOfCode = (code: unknown): DType | undefined =>
  (Object.keys(onnxTypes) as DType[]).find((dtype) => onnxTypes[dtype] === code);
/** Whole numbers and booleans carry no gradient, so a cast carries none. */
export const castOp: Op = {
  type: "Cast",
  attributes: { to: "int" },
  vjp: blocksGradient,
  infer: ([x], { to }) => {
    const found = typeOfCode(to);
    if (!found) {
      throw new TypeError(`Cannot cast "${x!.name}" to ONNX type ${to}: Foil knows float32, int32, int64, bool`);
    }
    return [{ dtype: found, shape: x!.shape }];
  },
};
export const whereOp: Op = {
  type: "Where",
  infer: ([condition, a, b]) => {
    checkBool(condition!, "Where");
    if (a!.dtype !== b!.dtype) throw new TypeError(`Cannot apply "Where" to ${a!.dtype} and ${b!.dtype}`);
    return [{ dtype: a!.dtype, shape: broadcastShapes(condition!.shape, broadcastShapes(a!.shape, b!.shape)) }];
  },
  vjp: ([g], { inputs: [condition, a, b] }) => [
    null,
    a!.data ? null : unbroadcast(where(condition!, g!, 0), a!.shape),
    b!.data ? null : unbroadcast(where(condition!, 0, g!), b!.shape),
  ],
};

/** a = b, broadcast: bool, as all comparisons without gradient. */
export const equal = apply2(equalOp);
/** a < b, broadcast: bool. */
export const less = apply2(lessOp);
/** a > b, broadcast: bool. */
export const greater = apply2(greaterOp);
/** a <= b, broadcast: bool. */
export const lessOrEqual = apply2(lessOrEqualOp);
/** a >= b, broadcast: bool. */
export const greaterOrEqual = apply2(greaterOrEqualOp);
/** a and b, both bool, broadcast. */
export const and = (a: Value, b: Value): Value => a.graph.apply(andOp, [a, b])[0]!;
/** a or b, both bool, broadcast. */
export const or = (a: Value, b: Value): Value => a.graph.apply(orOp, [a, b])[0]!;
/** not a, bool. */
export const not = (a: Value): Value => a.graph.apply(notOp, [a])[0]!;
/**
 * `a` where the condition (bool) holds, `b` elsewhere; all three broadcast. The gradient goes to what was taken; of what
 * was not it is 0 times that of its own computation, NaN where that is infinite: keep the operands finite, too.
 */
export const where = (condition: Value, a: Operand, b: Operand): Value => {
  const { graph } = condition;
  return graph.apply(whereOp, [condition, lift(graph, a, b), lift(graph, b, a)])[0]!;
};
/** `x` as another element type, cut towards zero for whole numbers; without gradient. */
export const cast = (x: Value, dtype: DType): Value =>
  x.dtype === dtype ? x : x.graph.apply(castOp, [x], { to: onnxTypes[dtype] })[0]!;
