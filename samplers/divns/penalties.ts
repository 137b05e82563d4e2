/** The least that a weight or its denominator becomes. */
const SMALLEST = 1e-6;

/**
 * How a candidate's weight q_a falls with s, its mean similarity to the user's hard negatives. The paper says only that
 * it does; `inverse` is the form that its code has commented out.
 */
export const penalties = {
  inverse: (s: number, alpha: number): number => 1 / Math.max(SMALLEST, 1 + alpha * s),
  exp: (s: number, alpha: number): number => Math.exp(-alpha * s),
  linear: (s: number): number => Math.max(0, (1 - s) / 2) + SMALLEST,
} as const satisfies Readonly<Record<string, (s: number, alpha: number) => number>>;
