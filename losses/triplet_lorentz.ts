import type { Value } from "../graphs/builder.ts";
import { filled, zeros } from "../graphs/initializers.ts";
import { softplus } from "../graphs/ops/activation.ts";
import { add, div, mul, neg, sqrt, sub } from "../graphs/ops/arithmetic.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { reshape, unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { choice, real } from "../options/option.ts";
import { type Loss, meanOverRows, type Scores } from "./loss.ts";
import { meanOfTerms } from "./negative_terms.ts";

/** Points of the hyperboloid x0^2 - |x|^2 = 1, by their last D coordinates. */
interface Points {
  readonly u: Value; // [R, 1, D]
  readonly p: Value; // [R, 1, D]
  readonly n: Value; // [R|1, N, D]
}
const dot = (x: Value, y: Value) => sum(mul(x, y), [2]); // [R, N]
const time = (x: Value) => sqrt(add(1, dot(x, x))); // x0
/** T(x, y) = (1 + x0 y0 - x.y - x0 - y0) / (x0 y0): grows with the distance. */
const T = (x: Value, y: Value): Value => {
  const x0 = time(x), y0 = time(y), product = mul(x0, y0);
  return div(sub(sub(add(1, product), dot(x, y)), add(x0, y0)), product);
};

interface Coefficients {
  readonly a: Value;
  readonly c: Value;
  readonly d: Value;
}
/** What a triple gains by, z [R, N]: its loss is softplus(-z). */
const forms: Readonly<Record<"distance" | "triplh" | "triangle", (points: Points, by: Coefficients) => Value>> = {
  distance: ({ u, p, n }, { a, c, d }) => add(add(mul(a, sub(T(u, n), T(u, p))), mul(c, T(p, n))), d),
  // as released: T, and scores, are larger the farther, so the positive is pushed out and the negative drawn in
  triplh({ u, p, n }, { a, c, d }) {
    const [u0, p0, n0] = [u, p, n].map(time) as [Value, Value, Value];
    const near = sub(sub(add(1, mul(u0, p0)), dot(u, p)), n0), far = sub(sub(add(1, mul(u0, n0)), dot(u, n)), p0);
    const between = sub(sub(add(1, mul(p0, n0)), dot(p, n)), add(add(p0, n0), u0));
    const above = add(sub(mul(a, sub(near, far)), mul(c, between)), d);
    return div(above, add(add(mul(u0, p0), mul(u0, n0)), mul(p0, n0)));
  },
  triangle: ({ u, p, n }, { a, c, d }) => sub(mul(a, sub(T(u, p), T(u, n))), add(mul(c, T(p, n)), d)),
};

/**
 * Hyperbolic triplets: the user near the positive, far from the negative, and the two items apart (TriplH). With T a measure
 * of Lorentz distance the default `distance` is softplus(-z), z = a (T(u, n) - T(u, p)) + c T(p, n) + d, for backbone hmf with
 * the score -T or -d. `triplh` and `triangle` are the released code's, in which scores grow with distance: there
 * score=triple needs its sign turned. A term decay (p . n)^2 keeps positive and negative at right angles. a, c and d train.
 */
export const tripletLorentz = define({
  name: "triplet-lorentz",
  summary: "Hyperbolic triplets: user near positive, far from negative, and the items apart.",
  citation: "Hyperbolic triplet recommendation (TriplH), 2024, and its released code",
  options: {
    form: choice(["distance", "triplh", "triangle"], "distance", "the geometry as drawn, or as released"),
    a: real(1, "start of the weight of the user's distances"),
    c: real(0.1, "start of the weight of the items' distance"),
    d: real(0, "start of the offset"),
    decay: real(1e-3, "weight of (p . n)^2", { min: 0 }),
  },
}, ({ form, a, c, d, decay }): Loss => (scores: Scores) => {
  const { graph, vectors: { query, positive, negative } } = scores, layers = query.shape[1]!;
  if (layers !== 1) {
    throw new TypeError(
      `Cannot combine loss "triplet-lorentz" with this backbone: a point of the hyperboloid is one vector, and it keeps ${layers} layers`,
    );
  }
  const flat = (x: Value) => reshape(x, [x.shape[0]!, x.shape[1]!, x.shape.at(-1)!]);
  const points = {
    u: unsqueeze(reshape(query, [query.shape[0]!, query.shape[2]!]), 1),
    p: flat(positive),
    n: flat(negative),
  };
  const start = (name: string, value: number) => graph.variable(name, [1], value === 0 ? zeros : filled(value));
  const z = forms[form](points, { a: start("a", a), c: start("c", c), d: start("d", d) }); // [R, N]
  const apart = dot(points.p, points.n), terms = add(softplus(neg(z)), mul(decay, mul(apart, apart)));
  return meanOverRows(meanOfTerms(terms, scores), scores.rows, scores.positiveWeight);
});
