/** How much of a synthesised negative is its hard half, lambda_t, in an epoch. */
export interface Mixing {
  readonly start: number;
  readonly end: number;
  /** How strongly `adaptive` answers to diversity that is off its target. */
  readonly kappa: number;
  readonly target: number;
}

/** @param x the share of training that is over, from 0 to 1. @param distance mean pairwise distance of the last epoch's negatives. */
type Schedule = (mixing: Mixing, x: number, distance: () => number) => number;

/** lambda_t by name. Only `constant` is the paper's. */
export const schedules = {
  constant: ({ start }) => start,
  linear: ({ start, end }, x) => start + (end - start) * x,
  cosine: ({ start, end }, x) => end + (start - end) * (1 + Math.cos(Math.PI * x)) / 2,
  adaptive: ({ start, kappa, target }, _x, distance) => Math.min(1, Math.max(0, start + kappa * (target - distance()))),
} as const satisfies Readonly<Record<string, Schedule>>;
