/** What becomes of a base s+ + alpha, by the name of the policy. */
export const domains: Readonly<Record<string, (base: number) => number>> = {
  compat: (base) => base,
  clamp: (base) => Math.max(base, 1e-6),
  abs: Math.abs,
};

/** |s - beta (s+ + alpha)^(p+1)| of each candidate, from the paper's equation 7. */
export function ratings(
  scores: readonly number[],
  positive: number,
  { p, alpha, beta, domain = "compat" }: { p: number; alpha: number; beta: number; domain?: string },
): number[] {
  const target = beta * domains[domain]!(positive + alpha) ** (p + 1);
  return scores.map((score) => Math.abs(score - target));
}
