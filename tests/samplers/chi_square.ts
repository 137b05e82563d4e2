import assert from "node:assert/strict";

/** What a chi-square statistic exceeds once in 1000 fair experiments, by degrees of freedom from 1 (any table of it). */
const CRITICAL_AT_0_001 = [10.828, 13.816, 16.266, 18.467, 20.515, 22.458, 24.322, 26.124, 27.877, 29.588];

/**
 * Asserts that `draws` follow `law` (probabilities by id): nothing impossible is drawn, and Pearson's statistic over the
 * possible ids is below its critical value at significance 0.001. The seeds are fixed, so a pass stays a pass.
 */
export function assertLaw(draws: Iterable<number>, law: readonly number[]): void {
  const counts = new Array<number>(law.length).fill(0);
  let total = 0;
  for (const draw of draws) {
    assert(law[draw]! > 0, `${draw} was drawn, which has probability ${law[draw]}`);
    counts[draw]!++;
    total++;
  }
  const possible = law.flatMap((p, id) => p > 0 ? [{ expected: p * total, count: counts[id]! }] : []);
  assert(possible.every(({ expected }) => expected >= 5), "too few draws for the statistic");
  const statistic = possible.reduce((sum, { expected, count }) => sum + (count - expected) ** 2 / expected, 0);
  const critical = CRITICAL_AT_0_001[possible.length - 2]!;
  assert(statistic < critical, `chi-square ${statistic.toFixed(1)} is not below ${critical}; counts ${counts}`);
}

/** Equal probabilities for `ids`, zero for the rest of `count`. */
export const uniformOver = (ids: readonly number[], count: number): number[] =>
  Array.from({ length: count }, (_, id) => ids.includes(id) ? 1 / ids.length : 0);
