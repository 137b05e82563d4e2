import type { Seconds } from "../../training/recipe.ts";
import type { Figure } from "../chart.ts";
import { bars } from "../forms/bars.ts";
import type { Method, Study } from "../study.ts";

const PARTS = ["sampling", "scoring", "updating"] as const satisfies readonly (keyof Seconds)[];
const SAYS = {
  sampling: "sampling: drawing, and what a sampler keeps",
  scoring: "scoring: scores, loss, gradients",
  updating: "updating: the optimiser",
};

/** What an epoch of training takes, by method (Lai et al., AAAI 2024, Fig. 7). */
export function seconds({ methods }: Study): Figure {
  const title = "Seconds an epoch",
    timed = methods.filter(({ trials }) => trials.some(({ epochs }) => epochs.length > 0));
  const caption = (what: string) =>
    `Mean over epochs and seeds, without evaluation; ${what}. They depend on the machine, and on what else it did. ` +
    "After Fig. 7 of Lai et al. (AAAI 2024).";
  if (timed.length > 0) {
    const rows = timed.map((method) => ({ label: method.label, parts: PARTS.map((part) => meanOf(method, part)) }));
    return {
      id: "seconds",
      title,
      caption: caption(Object.values(SAYS).join("; ")),
      table: {
        head: ["method", ...PARTS, "in all"],
        rows: rows.map(({ label, parts }) => [
          label,
          ...[...parts, parts.reduce((a, b) => a + b)].map((value) => value.toPrecision(3)),
        ]),
      },
      spec: bars({ description: "Seconds an epoch, by method", x: { title: "seconds" }, parts: PARTS, bars: rows }),
    };
  }
  const told = methods.filter(({ secondsPerEpoch }) => secondsPerEpoch !== null);
  if (told.length === 0) return { title, takes: "a run of train, or a study of compare" };
  return {
    id: "seconds",
    title,
    caption: caption("sampling, scoring and updating together"),
    table: {
      head: ["method", "seconds"],
      rows: told.map(({ label, secondsPerEpoch }) => [label, secondsPerEpoch!.toPrecision(3)]),
    },
    spec: bars({
      description: "Seconds an epoch, by method",
      x: { title: "seconds" },
      parts: ["training"],
      bars: told.map(({ label, secondsPerEpoch }) => ({ label, parts: [secondsPerEpoch!] })),
    }),
  };
}

function meanOf({ trials }: Method, part: keyof Seconds): number {
  const found = trials.flatMap(({ epochs }) => epochs.map(({ seconds }) => seconds[part]));
  return found.reduce((a, b) => a + b, 0) / found.length;
}
