import { blocksGradient, type Op, type Value } from "../builder.ts";
import { equal, greater, greaterOrEqual, less, lessOrEqual, where } from "./compare.ts";
import { apply1, apply2, inferBinary, unary } from "./elementwise.ts";
import { lift, uniformOf } from "./operand.ts";
import { unbroadcast } from "./reduce.ts";

function binary(
  type: string,
  vjp: (g: Value, a: Value, b: Value, y: Value) => [() => Value, (() => Value) | null],
): Op {
  return {
    type,
    infer: inferBinary(type),
    vjp: ([g], { inputs: [a, b], outputs: [y] }) => {
      const [da, db] = vjp(g!, a!, b!, y!);
      return [a!.data ? null : unbroadcast(da(), a!.shape), b!.data || !db ? null : unbroadcast(db(), b!.shape)];
    },
  };
}

export const addOp = binary("Add", (g) => [() => g, () => g]);
export const subOp = binary("Sub", (g) => [() => g, () => neg(g)]);
/** A square's two equal halves come as one. */
export const mulOp = binary(
  "Mul",
  (g, a, b) => a === b ? [() => mul(mul(2, g), a), null] : [() => mul(g, b), () => mul(g, a)],
);
export const divOp = binary("Div", (g, _a, b, y) => [() => div(g, b), () => neg(div(mul(g, y), b))]);
/** d/da = b a^(b-1); d/db = y log a, which needs a > 0, or is 0 where a is, as in PyTorch. */
export const powOp = binary("Pow", (g, a, b, y) => [
  () => uniformOf(b) === 0 ? mul(g, 0) : mul(g, mul(b, pow(a, sub(b, 1)))),
  () => mul(g, mul(y, log(where(equal(a, 0), 1, a)))),
]);
/** a - b k, where k is whole: of a remainder that is not 0, db = -k. */
export const modOp: Op = {
  ...binary("Mod", (g, a, b, y) => [() => g, () => neg(mul(g, div(sub(a, y), b)))]),
  attributes: { fmod: "int" },
};
/** Where the operands tie, the first takes the gradient. */
export const minOp = binary("Min", (g, a, b) => [
  () => where(lessOrEqual(a, b), g, 0),
  () => where(less(b, a), g, 0),
]);
export const maxOp = binary("Max", (g, a, b) => [
  () => where(greaterOrEqual(a, b), g, 0),
  () => where(greater(b, a), g, 0),
]);

export const negOp = unary("Neg", (g) => neg(g));
/** The subgradient at 0 is 0. */
export const absOp = unary("Abs", (g, x) => where(greater(x, 0), g, where(less(x, 0), neg(g), 0)));
export const sqrtOp = unary("Sqrt", (g, _x, y) => div(mul(g, 0.5), y));
export const expOp = unary("Exp", (g, _x, y) => mul(g, y));
export const logOp = unary("Log", (g, x) => div(g, x));
export const reciprocalOp = unary("Reciprocal", (g, _x, y) => neg(mul(g, mul(y, y))));
export const sinOp = unary("Sin", (g, x) => mul(g, cos(x)));
export const cosOp = unary("Cos", (g, x) => neg(mul(g, sin(x))));
const step = (type: string): Op => ({ type, infer: ([x]) => [x!.type], vjp: blocksGradient });
export const floorOp = step("Floor");
export const ceilOp = step("Ceil");
/** To the nearest whole number, halves to the even one. */
export const roundOp = step("Round");
export const signOp = step("Sign");
/** The gradient passes where the bounds are not exceeded. */
export const clipOp: Op = {
  type: "Clip",
  infer: ([x]) => [x!.type],
  vjp: ([g], { inputs: [x, low, high] }) => {
    const above = low ? where(greaterOrEqual(x!, low), g!, 0) : g!;
    return [high ? where(lessOrEqual(x!, high), above, 0) : above, null, null];
  },
};

/** a + b, broadcast as in numpy: shapes are aligned at their last axes. Element types are equal; a number takes the other's. */
export const add = apply2(addOp);
/** a - b, broadcast. */
export const sub = apply2(subOp);
/** a b, broadcast. */
export const mul = apply2(mulOp);
/** a / b, broadcast. */
export const div = apply2(divOp);
/** a^b, broadcast; IEEE: NaN for a < 0 and fractional b. */
export const pow = apply2(powOp);
/** The smaller of a and b, broadcast; where they tie, a takes the gradient. */
export const min = apply2(minOp);
/** The larger of a and b, broadcast; where they tie, a takes the gradient. */
export const max = apply2(maxOp);
/** -x */
export const neg = apply1(negOp);
/** |x|; the subgradient at 0 is 0. */
export const abs = apply1(absOp);
/** Square root; its gradient at 0 is infinite. */
export const sqrt = apply1(sqrtOp);
/** e^x */
export const exp = apply1(expOp);
/** Natural logarithm: -Infinity of 0, NaN below. */
export const log = apply1(logOp);
/** 1 / x */
export const reciprocal = apply1(reciprocalOp);
/** Sine, of radians. */
export const sin = apply1(sinOp);
/** Cosine, of radians. */
export const cos = apply1(cosOp);
/** The largest whole number that is not above x; without gradient. */
export const floor = apply1(floorOp);
/** The smallest whole number that is not below x; without gradient. */
export const ceil = apply1(ceilOp);
/** -1, 0 or 1; without gradient. */
export const sign = apply1(signOp);
/** `x` limited to [`low`, `high`]; what lies outside gets no gradient. */
export const clip = (x: Value, low: number, high: number): Value =>
  x.graph.apply(clipOp, [x, lift(x.graph, low, x), lift(x.graph, high, x)])[0]!;

/** Passes the value on and blocks the gradient. */
export const stopGradient = apply1({ type: "Identity", infer: ([x]) => [x!.type], vjp: blocksGradient });
/** The same value: what ONNX files call Identity, gradient and all. */
export const identityOp = unary("Identity", (g) => g);
/** `x` as a value of its own: what is computed from it can be told apart. */
export const identity = apply1(identityOp);
