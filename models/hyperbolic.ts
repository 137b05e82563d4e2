import type { Value } from "../graphs/builder.ts";
import { add, div, log, max, min, mul, neg, sqrt, sub } from "../graphs/ops/arithmetic.ts";
import { greater, where } from "../graphs/ops/compare.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { concat, squeeze } from "../graphs/ops/shape.ts";
import { dot } from "./scoring.ts";

/** Least cosh of a distance, so that its gradient stays finite where two points meet. */
const NEAREST = 1 + 1e-7;
/** Points of the Poincare ball lie no farther out than this. */
const RIM = 1 - 1e-5;

/** What scores a row's point x [R, 1, D] against points y [R|1, N, 1, D]: [R, N]. */
export type Pairwise = (x: Value, y: Value) => Value;

/** Distance on the hyperboloid, d = arcosh(x0 y0 - x . y), where a point is its D coordinates and x0 = sqrt(1 + |x|^2). */
export const lorentzDistance: Pairwise = (x, y) => arcosh(minkowski(x, y));

/**
 * T(x, y) = (1 + x0 y0 - x . y - x0 - y0) / (x0 y0), which grows with the distance: the triangle's excess
 * cosh d(x, y) + 1 - cosh d(x, o) - cosh d(y, o) over the origin o.
 */
export const lorentzTriple: Pairwise = (x, y) => {
  const x0 = perPoint(lifted(x)), y0 = perPoint(lifted(y)); // [R, 1], [R|1, N]
  return div(sub(sub(add(1, minkowski(x, y)), x0), y0), mul(x0, y0));
};

/**
 * Distance in the Poincare ball, d = arcosh(1 + 2 |x - y|^2 / ((1 - |x|^2) (1 - |y|^2))). Points past the rim count as
 * their projections onto it; a step then turns them, and weight decay alone brings them back in.
 */
export const poincareDistance: Pairwise = (x, y) => {
  const xx = perPoint(norm2(x)), yy = perPoint(norm2(y)), xIn = min(xx, RIM ** 2), yIn = min(yy, RIM ** 2);
  const shrink = (squares: Value) => {
    const outside = greater(squares, RIM ** 2);
    return where(outside, div(RIM, sqrt(where(outside, squares, 1))), 1);
  };
  const xy = mul(mul(dot(x, y), shrink(xx)), shrink(yy)), apart = sub(add(xIn, yIn), mul(2, xy)); // |x - y|^2
  return arcosh(add(1, div(mul(2, apart), mul(sub(1, xIn), sub(1, yIn)))));
};

/** cosh d = x0 y0 - x . y as one inner product, of (-x, x0) and (y, y0). */
const minkowski: Pairwise = (x, y) => dot(concat([neg(x), lifted(x)], -1), concat([y, lifted(y)], -1));

const arcosh = (cosh: Value) => {
  const c = max(cosh, NEAREST);
  return log(add(c, sqrt(mul(sub(c, 1), add(c, 1)))));
};
const norm2 = (x: Value) => sum(mul(x, x), [-1], true); // [.., D] -> [.., 1]
const lifted = (x: Value) => sqrt(add(1, norm2(x))); // [.., D] -> [.., 1]
/** [R, 1, 1] -> [R, 1]; [R|1, N, 1, 1] -> [R|1, N]. Squeeze, because an exported file leaves the number of rows open. */
const perPoint = (x: Value) => squeeze(x, x.shape.length === 3 ? [-2] : [-2, -1]);
