import type { Value } from "../graphs/builder.ts";
import { filled } from "../graphs/initializers.ts";
import { softplus } from "../graphs/ops/activation.ts";
import { add, div, mul, neg, sqrt, sub } from "../graphs/ops/arithmetic.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { reshape } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { choice, optionalReal, real } from "../options/option.ts";
import { type Loss, meanOverRows, type Scores, sumOverRows } from "./loss.ts";
import { meanOfTerms } from "./negative_terms.ts";

/** Points of the hyperboloid x0^2 - |x|^2 = 1, by their last D coordinates. */
interface Points {
  readonly u: Value; // [R, 1, D]
  readonly p: Value; // [R, 1, D]
  readonly n: Value; // [R|1, N, D]
}
const dot = (x: Value, y: Value) => sum(mul(x, y), [2]); // [R, N]
const time = (x: Value) => sqrt(add(1, dot(x, x))); // x0
/** T(x, y) = (1 + x0 y0 - x . y - x0 - y0) / (x0 y0): of points as far out, the larger the farther apart. */
const T = (x: Value, y: Value): Value => {
  const x0 = time(x), y0 = time(y), product = mul(x0, y0);
  return div(sub(sub(add(1, product), dot(x, y)), add(x0, y0)), product);
};

interface Form {
  /** What a triple gains by [R, N]: its loss is softplus(-z). */
  z(points: Points, a: Value, c: Value, d: Value): Value;
  /** Weight of (p . n)^2, and whether its terms, a row's mean each, are averaged over rows or summed. */
  readonly decay: number;
  readonly decayOver: (terms: Value, scores: Scores) => Value;
}
const forms: Readonly<Record<"distance" | "triplh" | "triangle", Form>> = {
  distance: {
    z: ({ u, p, n }, a, c, d) => add(add(mul(a, sub(T(u, n), T(u, p))), mul(c, T(p, n))), d),
    decay: 1e-3,
    decayOver: meanOverRows,
  },
  // as released: T, and scores, are larger the farther, so the positive is pushed out and the negative drawn in
  triplh: {
    z({ u, p, n }, a, c, d) {
      const [u0, p0, n0] = [u, p, n].map(time) as [Value, Value, Value];
      const near = sub(sub(add(1, mul(u0, p0)), dot(u, p)), n0), far = sub(sub(add(1, mul(u0, n0)), dot(u, n)), p0);
      const between = sub(sub(add(1, mul(p0, n0)), dot(p, n)), add(add(p0, n0), u0));
      const above = add(sub(mul(a, sub(near, far)), mul(c, between)), d);
      return div(above, add(add(mul(u0, p0), mul(u0, n0)), mul(p0, n0)));
    },
    decay: 1e-3,
    decayOver: sumOverRows,
  },
  triangle: {
    z: ({ u, p, n }, a, c, d) => sub(mul(a, sub(T(u, p), T(u, n))), add(mul(c, T(p, n)), d)),
    decay: 1e-4,
    decayOver: sumOverRows,
  },
};

/**
 * Hyperbolic triplets: the user near the positive, far from the negative, and the two items apart (TriplH). With T for
 * distances the default `distance` is softplus(-z), z = a (T(u, n) - T(u, p)) + c T(p, n) + d, for backbone hmf with
 * geometry=lorentz and the score -T or -d. `triplh` and `triangle` are the released code's, in which scores grow with
 * distance: they take score=released, and by the other scores learn the reverse. A term decay (p . n)^2 keeps positive
 * and negative at right angles. a, c and d train.
 */
export const tripletLorentz = define({
  name: "triplet-lorentz",
  summary: "Hyperbolic triplets: user near positive, far from negative, and the items apart.",
  citation: "Hyperbolic triplet recommendation (TriplH), 2024, and its released code",
  options: {
    form: choice(
      ["distance", "triplh", "triangle"],
      "distance",
      "the geometry as drawn, or as released: those take hmf:score=released",
    ),
    a: real(1, "start of the weight of the user's distances"),
    c: real(0.1, "start of the weight of the items' distance"),
    d: real(0, "start of the offset"),
    decay: optionalReal(
      "weight of (p . n)^2; else 1e-3, averaged over rows, or, as released, summed: for triplh 1e-3, for triangle 1e-4",
      { min: 0 },
    ),
  },
}, ({ form, a, c, d, decay }): Loss => (scores: Scores) => {
  const { graph, vectors: { query, positive, negative } } = scores, layers = query.shape[1]!;
  if (layers !== 1) {
    throw new TypeError(
      `Cannot combine loss "triplet-lorentz" with this backbone: a point of the hyperboloid is one vector, and it keeps ${layers} layers`,
    );
  }
  const { z, decay: usual, decayOver } = forms[form];
  const flat = (x: Value) => reshape(x, [x.shape[0]!, x.shape[1]!, x.shape.at(-1)!]); // one layer
  const points = { u: query, p: flat(positive), n: flat(negative) };
  const start = (name: string, value: number) => graph.variable(name, [1], filled(value));
  const terms = softplus(neg(z(points, start("a", a), start("c", c), start("d", d)))); // [R, N]
  const across = dot(points.p, points.n), squares = meanOfTerms(mul(across, across), scores);
  return add(
    meanOverRows(meanOfTerms(terms, scores), scores),
    mul(decay ?? usual, decayOver(squares, scores)),
  );
});
