import type { NegativesReport } from "../training/negatives_report.ts";

const share = (x: number) => `${(100 * x).toFixed(2)}%`;

/** What an epoch's negatives were, for people. */
export function negativesText(
  { hardness, nonFinite, zeroGradient, cosineDistance, items }: NegativesReport,
  epoch: number,
): string {
  const facts: readonly (readonly [string, string | null])[] = [
    [
      "hardness s- / s+, mean and median",
      hardness.mean === null ? null : `${hardness.mean.toFixed(3)}, ${hardness.median!.toFixed(3)}`,
    ],
    ["score above so many of the unseen", items?.quantile == null ? null : share(items.quantile)],
    ["pairs with a score that is not finite", nonFinite > 0 ? share(nonFinite) : null],
    ["pairs that teach nothing", share(zeroGradient)],
    ["distance apart, 1 - cosine", cosineDistance === null ? null : cosineDistance.toFixed(3)],
    [
      "and of the items they are made of",
      items === null || items.cosineDistance === null || items.cosineDistance === cosineDistance
        ? null
        : items.cosineDistance.toFixed(3),
    ],
    [
      "false negatives, and by chance",
      items?.falseNegatives ? `${share(items.falseNegatives.rate)}, ${share(items.falseNegatives.base)}` : null,
    ],
    ["mean popularity", items ? items.popularity.toFixed(1) : null],
    ["head, mid, tail", items ? [items.head, items.mid, items.tail].map(share).join(", ") : null],
  ];
  const known = facts.filter(([, value]) => value !== null), width = Math.max(...known.map(([name]) => name.length));
  return [`negatives of epoch ${epoch}`, ...known.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)].join(
    "\n",
  );
}
