import type { Features } from "../../random/dpp/similarities.ts";

/** The least that a weight becomes. */
const SMALLEST = 1e-6;
/** The least that age leaves of a weight: its square is what a draw can still tell from nothing beside 1. */
const FAINTEST = 1e-5;
/** The least that is divided by: beside the square of what that makes, others' can still be told from nothing. */
const LEAST_DIVISOR = 1e-4;

/**
 * How a candidate's weight q_a falls with s, its mean similarity to the user's hard negatives. The paper says only that
 * it does; `inverse` is the form that its code has commented out.
 */
export const penalties = {
  inverse: (s: number, alpha: number): number => 1 / Math.max(LEAST_DIVISOR, 1 + alpha * s),
  exp: (s: number, alpha: number): number => Math.min(Number.MAX_VALUE, Math.exp(-alpha * s)),
  linear: (s: number): number => Math.max(0, (1 - s) / 2) + SMALLEST,
} as const satisfies Readonly<Record<string, (s: number, alpha: number) => number>>;

/** What q depends on. */
export interface QualityOptions {
  readonly penalty: keyof typeof penalties;
  /** How strong the penalty is. */
  readonly alpha: number;
  /** Weighs the model's score. */
  readonly omega: number;
  /** How fast a weight decays with age, rho. */
  readonly recency: number;
}

/**
 * q of the items in a cache, for the hard negatives and, where omega is not 0, the scores s(u, a) of those items, and
 * where rho is not 0, their ages.
 */
export type Quality = (
  cached: Int32Array,
  hard: Int32Array,
  scores?: Float32Array,
  ages?: Int32Array,
) => Float64Array;

/**
 * q_a = penalty(mean cosine of a to H_u) e^(omega s(u, a)) e^(-rho age_a), the last at least 1e-5, up to a factor. Valid
 * until the next call.
 */
export function quality({ width, features }: Features, { penalty, alpha, omega, recency }: QualityOptions): Quality {
  const mean = new Float64Array(width), all = new Float64Array(features.length / width), form = penalties[penalty];
  return (cached, hard, scores, ages) => {
    mean.fill(0);
    for (const id of hard) for (let d = 0; d < width; d++) mean[d]! += features[id * width + d]! / hard.length;
    const q = all.subarray(0, cached.length);
    for (let slot = 0; slot < cached.length; slot++) {
      const row = cached[slot]! * width;
      let s = 0;
      for (let d = 0; d < width; d++) s += features[row + d]! * mean[d]!;
      q[slot] = form(s, alpha);
    }
    if (scores) {
      const most = scores.reduce((most, s) => Math.max(most, omega * s), -Infinity); // e^(omega s) may overflow
      scores.forEach((s, slot) => q[slot]! *= Math.exp(omega * s - most));
    }
    ages?.forEach((age, slot) => q[slot]! *= Math.max(FAINTEST, Math.exp(-recency * age)));
    return q;
  };
}
