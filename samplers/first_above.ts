/** The first position whose running total exceeds `at`, or the last. */
export function firstAbove(totals: Float64Array, at: number): number {
  let low = 0, high = totals.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (totals[middle]! > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
