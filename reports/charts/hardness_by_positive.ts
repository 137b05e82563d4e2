import type { Figure } from "../chart.ts";
import { lines } from "../forms/lines.ts";
import { type Method, type Study, takesTrials } from "../study.ts";

/** Bins whose positives score no more have no ratio. */
const LEAST_POSITIVE = 1e-3;
/** Where positives score near 0 the ratio runs off. */
const WITHIN = [-1, 1.5] as const;
/** Points of a curve. */
const DRAWN = 48;
const TITLE = "Hardness against the positive's score";

/** How hard negatives are for positives that score low and high (Lai et al., AAAI 2024, Fig. 4). */
export function hardnessByPositive(study: Study): Figure {
  const drawn = study.methods.flatMap((method) => {
    const found = pictured(method);
    return found ? [{ label: method.label, style: method.style, aim: aimOf(method), ...found }] : [];
  });
  if (drawn.length === 0) {
    return {
      title: TITLE,
      takes: takesTrials(study, "samplers that draw or make negatives, and runs of this version of Foil"),
    };
  }
  const aiming = drawn.some(({ aim }) => aim);
  return {
    id: "hardness-by-positive",
    title: TITLE,
    caption:
      "Pairs of one epoch, that which the first seed's result is of, in sixteen bins by the score of the positive: " +
      "mean s- over mean s+ of each. Bins whose positives score below 0.001 are left out, and the axis ends at " +
      `${WITHIN[0]} and ${WITHIN[1]}: near 0 the ratio runs off. ` +
      (aiming ? "Dotted: what ahns aims at, beta (s+ + alpha)^(p + 1) / s+. " : "") +
      "After Fig. 4 of Lai et al. (AAAI 2024).",
    table: {
      head: ["method", "epoch", "mean s+", "mean s-", "quartiles of s-", "s- / s+", ...aiming ? ["aimed at"] : []],
      rows: drawn.flatMap(({ label, epoch, points, aim }) =>
        points.map(({ x, y, low, high }) => [
          ...[label, epoch, short(x), short(x * y)],
          `${short(low)} to ${short(high)}`,
          short(y),
          ...aiming ? [aim ? short(aim(x)) : null] : [],
        ])
      ),
    },
    spec: lines({
      description: "Hardness of negatives against the score of their positive, by method",
      x: { title: "s+, score of the positive" },
      y: { title: "s- / s+", within: WITHIN },
      level: { y: 1, label: "as hard as the positive" },
      lines: drawn.map(({ label, style, points, aim }) => ({
        ...{ label, style, points: points.map(({ x, y }) => ({ x, y })) },
        ...aim && { aim: curve(aim, points[0]!.x, points.at(-1)!.x) },
      })),
      dots: true,
    }),
  };
}

const short = (value: number) => Number(value.toPrecision(3));

/** The hardness that AHNS aims at for a positive's score: its target (eq. 7) over that score. Undefined for other samplers. */
function aimOf({ options }: Method): ((positive: number) => number) | undefined {
  if (options.sampler !== "ahns") return undefined;
  const [alpha, beta, p] = ["alpha", "beta", "p"].map((name) => Number(options[`sampler.${name}`]));
  return (positive) => beta! * (positive + alpha!) ** (p! + 1) / positive;
}

function curve(of: (x: number) => number, from: number, to: number) {
  return Array.from({ length: DRAWN }, (_, at) => {
    const x = from + (to - from) * at / (DRAWN - 1);
    return { x, y: of(x) };
  });
}

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
