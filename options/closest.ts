/**
 * The name that is most likely meant: the one with the fewest letters to add, leave out, replace or swap with the next,
 * if these are a third of it or fewer. Ties take the first.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { closest } from "./closest.ts";
 *
 * assert.equal(closest("dsn", ["rns", "dns", "dens"]), "dns");
 * assert.equal(closest("popular", ["rns", "dns"]), undefined);
 * ```
 */
export function closest(given: string, names: readonly string[]): string | undefined {
  let best: string | undefined, least = Infinity;
  for (const name of names) {
    const steps = distance(given.toLowerCase(), name.toLowerCase());
    if (steps < least && 3 * steps <= Math.max(3, name.length)) [best, least] = [name, steps];
  }
  return best;
}

/** What an error ends with: which of the names may be meant, if any. */
export function didYouMean(given: string, names: readonly string[]): string {
  const meant = closest(given, names);
  return meant === undefined ? "" : `; did you mean "${meant}"?`;
}

/** Optimal string alignment: of the first letters of both, row by row. */
function distance(a: string, b: string): number {
  let before: number[] = [], last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1,
        swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + same, swapped ? before[j - 2]! + 1 : Infinity));
    }
    [before, last] = [last, row];
  }
  return last[b.length]!;
}
