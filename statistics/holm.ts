/**
 * Holm's step-down correction (Scandinavian Journal of Statistics 1979): p-values that stay below alpha hold together,
 * with a chance of at most alpha that any of them is a false alarm. A null is no test: it stays null and is not counted.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { holm } from "./holm.ts";
 *
 * assert.deepEqual(holm([0.25, null, 0.125, 0.0625]), [0.25, null, 0.25, 0.1875]);
 * ```
 */
export function holm(ps: readonly (number | null)[]): (number | null)[] {
  const adjusted: (number | null)[] = ps.map(() => null);
  const order = [...ps.keys()].filter((at) => ps[at] !== null).sort((a, b) => ps[a]! - ps[b]!);
  let least = 0;
  order.forEach((at, before) => {
    least = Math.max(least, Math.min(1, (order.length - before) * ps[at]!));
    adjusted[at] = least;
  });
  return adjusted;
}
