const BARS = "▁▂▃▄▅▆▇█";

/**
 * Numbers as a line of bars, from the lowest to the highest; of more than `most`, means of neighbours.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sparkline } from "./sparkline.ts";
 *
 * assert.equal(sparkline([0, 1, 2, 7]), "▁▂▃█");
 * assert.equal(sparkline([5, 5]), "▄▄");
 * assert.equal(sparkline([0, 2, 6, 8], 2), "▁█");
 * ```
 */
export function sparkline(values: readonly number[], most = 40): string {
  const count = Math.min(most, values.length), at = (cell: number) => Math.round(cell * values.length / count);
  const cells = Array.from({ length: count }, (_, cell) => {
    const own = values.slice(at(cell), at(cell + 1));
    return own.reduce((a, b) => a + b) / own.length;
  });
  const low = Math.min(...cells), spread = Math.max(...cells) - low;
  return cells.map((value) =>
    BARS[spread > 0 ? Math.round((value - low) / spread * (BARS.length - 1)) : BARS.length / 2 - 1]
  ).join("");
}
