import type { Figure } from "../chart.ts";
import { lines } from "../forms/lines.ts";
import { type Method, type Study, takesTrials } from "../study.ts";

/** Bins whose positives score no more have no ratio. */
const LEAST_POSITIVE = 1e-3;
/** Where positives score near 0 the ratio runs off. */
const WITHIN = [-1, 1.5] as const;
const TITLE = "Hardness against the positive's score";

/** How hard negatives are for positives that score low and high (Lai et al., AAAI 2024, Fig. 4). */
export function hardnessByPositive(study: Study): Figure {
  const drawn = study.methods.flatMap((method) => {
    const found = pictured(method);
    return found ? [{ label: method.label, style: method.style, ...found }] : [];
  });
  if (drawn.length === 0) {
    return {
      title: TITLE,
      takes: takesTrials(study, "samplers that draw or make negatives, and runs of this version of Foil"),
    };
  }
  return {
    id: "hardness-by-positive",
    title: TITLE,
    caption:
      "Pairs of one epoch, that which the first seed's result is of, in sixteen bins by the score of the positive: " +
      "mean s- over mean s+ of each. Bins whose positives score below 0.001 are left out, and the axis ends at " +
      `${WITHIN[0]} and ${WITHIN[1]}: near 0 the ratio runs off. After Fig. 4 of Lai et al. (AAAI 2024).`,
    table: {
      head: ["method", "epoch", "mean s+", "mean s-", "quartiles of s-", "s- / s+"],
      rows: drawn.flatMap(({ label, epoch, points }) =>
        points.map(({ x, y, low, high }) => [
          ...[label, epoch, short(x), short(x * y)],
          `${short(low)} to ${short(high)}`,
          short(y),
        ])
      ),
    },
    spec: lines({
      description: "Hardness of negatives against the score of their positive, by method",
      x: { title: "s+, score of the positive" },
      y: { title: "s- / s+", within: WITHIN },
      level: { y: 1, label: "as hard as the positive" },
      lines: drawn.map(({ points, ...line }) => ({ ...line, points: points.map(({ x, y }) => ({ x, y })) })),
      dots: true,
    }),
  };
}

const short = (value: number) => Number(value.toPrecision(3));

/** The bins of the epoch that is the result, or of the last. */
function pictured({ trials }: Method) {
  const [trial] = trials;
  const report = trial?.epochs.find(({ epoch }) => epoch === trial.best) ?? trial?.epochs.at(-1);
  const bins = report?.negatives?.byPositive;
  if (!report || !bins) return undefined;
  const points = bins.positive.flatMap((x, bin) =>
    x > LEAST_POSITIVE ? [{ x, y: bins.negative[bin]! / x, low: bins.low[bin]!, high: bins.high[bin]! }] : []
  );
  return points.length > 1 ? { epoch: report.epoch, points } : undefined;
}
