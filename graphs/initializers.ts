import type { Initializer } from "./builder.ts";
import { type Shape, sizeOf } from "./tensor.ts";

/** All zero. */
export const zeros: Initializer = (shape, _, into = empty(shape)) => into;

/** Every element `value`. */
export const filled = (value: number): Initializer => (shape, _, into = empty(shape)) => into.fill(value);

/** Uniform in [-`bound`, `bound`). */
export const uniform = (bound: number): Initializer => (shape, rng, into = empty(shape)) =>
  drawn(into, () => (2 * rng.uniform() - 1) * bound);

/** Normal with mean 0 and standard deviation `deviation`. */
export const normal = (deviation: number): Initializer => (shape, rng, into = empty(shape)) =>
  drawn(into, () => deviation * rng.normal());

/**
 * Uniform with bound sqrt(6 / (fan in + fan out)) of a matrix [in, out] (Glorot & Bengio, AISTATS 2010, eq. 16). For a
 * table [rows, D] the fans are rows and D, as torch's `xavier_uniform_` takes them.
 */
export const xavierUniform: Initializer = (shape, rng, into) =>
  uniform(Math.sqrt(6 / ((shape.at(-2) ?? 1) + (shape.at(-1) ?? 1))))(shape, rng, into);

const empty = (shape: Shape) => new Float32Array(sizeOf(shape));

function drawn(into: Float32Array, draw: () => number): Float32Array {
  for (let at = 0; at < into.length; at++) into[at] = draw();
  return into;
}
