/** Mean and spread of a sample. */
export interface Summary {
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation, over n - 1; null where n is 1. */
  readonly sd: number | null;
}

/**
 * The summary of a sample.
 *
 * @throws RangeError where it is empty.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { summary } from "./summary.ts";
 *
 * assert.deepEqual(summary([2, 4, 6]), { n: 3, mean: 4, sd: 2 });
 * assert.equal(summary([2]).sd, null);
 * ```
 */
export function summary(values: ArrayLike<number>): Summary {
  const n = values.length;
  if (n === 0) throw new RangeError("Cannot summarise a sample of nothing: it has no mean");
  let sum = 0, alike = true;
  for (let at = 0; at < n; at++) {
    sum += values[at]!;
    alike &&= values[at] === values[0];
  }
  const mean = alike ? values[0]! : sum / n; // three times 0.1 is not 0.3, nor its spread 0
  let squares = 0;
  for (let at = 0; at < n; at++) squares += (values[at]! - mean) ** 2;
  return { n, mean, sd: n > 1 ? Math.sqrt(squares / (n - 1)) : null };
}
