import { factorise, solve } from "./solve.ts";

/** What the rows of a half step share. */
export interface HalfStep {
  /** The other side's vectors. */
  readonly y: Float64Array; // [count, dim]
  readonly dim: number;
  /** Weight of what a row did not meet, against 1 of what it met. */
  readonly c0: number;
  /** B = c0 Y'Y + lambda I, by its lower triangle. */
  readonly base: Float64Array; // [dim, dim]
}

/**
 * One row's vector, by its normal equations: (B + (1 - c0) sum_j y_j y_j') x = sum_j y_j over what it met (Hu, Koren &
 * Volinsky, ICDM 2008, eq. 4, with confidences 1 and c0).
 *
 * @param into zeros, which x replaces; its first `dim` elements.
 * @param a room for the left side, [dim, dim].
 */
export function solveRow(
  { y, dim, c0, base }: HalfStep,
  met: ArrayLike<number>,
  into: Float64Array,
  a: Float64Array,
) {
  a.set(base);
  const whole = met.length - met.length % 4;
  for (let at = 0; at < whole; at += 4) { // four at a time: most of this is reading and writing `a`
    const one = met[at]! * dim, two = met[at + 1]! * dim, three = met[at + 2]! * dim, four = met[at + 3]! * dim;
    for (let r = 0; r < dim; r++) {
      const first = y[one + r]!, second = y[two + r]!, third = y[three + r]!, fourth = y[four + r]!;
      into[r]! += first + second + third + fourth;
      for (let c = 0, row = r * dim; c <= r; c++) {
        a[row + c]! += (1 - c0) *
          (first * y[one + c]! + second * y[two + c]! + third * y[three + c]! + fourth * y[four + c]!);
      }
    }
  }
  for (let at = whole; at < met.length; at++) {
    for (let r = 0, from = met[at]! * dim; r < dim; r++) {
      const scaled = (1 - c0) * y[from + r]!;
      into[r]! += y[from + r]!;
      for (let c = 0; c <= r; c++) a[r * dim + c]! += scaled * y[from + c]!;
    }
  }
  factorise(a, dim, dim);
  solve(a, dim, dim, into);
}
