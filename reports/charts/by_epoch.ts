import type { EpochReport } from "../../training/recipe.ts";
import type { Figure } from "../chart.ts";
import { type LinePoint, lines } from "../forms/lines.ts";
import { type Method, type Study, takesTrials } from "../study.ts";

/** A quantity that epochs report. */
export interface ByEpoch {
  readonly id: string;
  readonly title: string;
  /** What it is, and what bears on reading it. */
  readonly says: string;
  readonly y: string;
  /** Undefined where an epoch has none. */
  readonly of: (epoch: EpochReport) => number | null | undefined;
  readonly level?: { readonly y: number; readonly label: string };
  /** Whose it is; all that have it where it is not said. */
  readonly methods?: (method: Method) => boolean;
  /** What it takes, where no epoch has it. */
  readonly takes: string;
}

/** A quantity by epoch: a line for each method. */
export function byEpoch(study: Study, { id, title, says, y, of, level, methods, takes }: ByEpoch): Figure {
  const drawn = study.methods.filter((method) => methods?.(method) ?? true).map((method) => ({
    label: method.label,
    style: method.style,
    points: overSeeds(method, of),
    marked: chosen(method, of),
  })).filter(({ points }) => points.length > 0);
  if (drawn.length === 0) return { title, takes: takesTrials(study, takes) };
  const seeds = Math.max(...study.methods.map(({ trials }) => trials.length));
  const epochs = [...new Set(drawn.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  return {
    id,
    title,
    caption: [
      says,
      seeds > 1
        ? "Lines are means over seeds, bands reach from the lowest to the highest; a line ends where a seed did."
        : "",
      drawn.some(({ marked }) => marked.length > 0)
        ? `Points: the ${seeds > 1 ? "epochs that seeds' results are" : "epoch that the result is"} of.`
        : "",
    ].filter(Boolean).join(" "),
    table: {
      head: ["epoch", ...drawn.map(({ label }) => label)],
      rows: some(epochs).map((epoch) => [
        epoch,
        ...drawn.map(({ points }) => {
          const found = points.find(({ x }) => x === epoch);
          return found ? Number(found.y.toPrecision(4)) : null;
        }),
      ]),
    },
    spec: lines({
      description: `${title}, by method`,
      x: { title: "epoch", whole: true },
      y: { title: y },
      lines: drawn,
      ...level && { level },
    }),
  };
}

/** Means over seeds, at the epochs that all of them have: a mean over those that are left would be of others. */
export function overSeeds({ trials }: Pick<Method, "trials">, of: ByEpoch["of"]): readonly LinePoint[] {
  const found = trials.map(({ epochs }) => values(epochs, of)).filter(({ size }) => size > 0);
  const [first, ...others] = found;
  if (!first) return [];
  return [...first.keys()].filter((epoch) => others.every((other) => other.has(epoch))).map((x) => {
    const ys = found.map((each) => each.get(x)!);
    return { x, y: ys.reduce((a, b) => a + b) / ys.length, low: Math.min(...ys), high: Math.max(...ys) };
  });
}

const values = (epochs: readonly EpochReport[], of: ByEpoch["of"]) =>
  new Map(epochs.flatMap((report) => {
    const value = of(report);
    return value === null || value === undefined || !Number.isFinite(value) ? [] : [[report.epoch, value] as const];
  }));

const chosen = ({ trials }: Method, of: ByEpoch["of"]) =>
  trials.flatMap(({ epochs, best }) => {
    const y = best === null ? undefined : values(epochs, of).get(best);
    return y === undefined ? [] : [{ x: best!, y }];
  });

/** Rows of a table that people read: of more, every n-th, and the last. */
const MOST = 25;
const some = (epochs: readonly number[]) => {
  const stride = Math.ceil(epochs.length / MOST);
  return epochs.filter((_, at) => at % stride === 0 || at === epochs.length - 1);
};
