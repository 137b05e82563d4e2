/** How far from 1 a sum of shares may be. */
const TOLERANCE = 1e-6;

/** Shares of at least 0 that sum to 1, as `0.8/0.1/0.1`; undefined where the text is none. */
export function sharesOf(text: string): readonly number[] | undefined {
  const found = text.split("/").map((share) => share.trim() === "" ? NaN : Number(share));
  const total = found.reduce((a, b) => a + b, 0);
  return found.every((share) => share >= 0) && Math.abs(total - 1) <= TOLERANCE ? found : undefined;
}
