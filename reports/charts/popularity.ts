import { COHORTS } from "../../datasets/cohorts.ts";
import type { Figure } from "../chart.ts";
import { bars } from "../forms/bars.ts";
import { type Study, takesTrials } from "../study.ts";

const SHOWN = ["popularity", "coverage", "gini"] as const;

/** How popular what methods recommend is. */
export function popularity(study: Study): Figure {
  const title = "Popularity of what is recommended";
  const rows = study.methods.flatMap(({ label, trials }) => {
    const tests = trials.flatMap(({ test }) => test && "head" in test ? [test] : []);
    const mean = (name: string) => tests.reduce((sum, test) => sum + test[name]!, 0) / tests.length;
    return tests.length > 0 ? [{ label, parts: COHORTS.map(mean), shown: SHOWN.map(mean) }] : [];
  });
  if (rows.length === 0) return { title, takes: takesTrials(study, "test interactions") };
  return {
    id: "popularity",
    title,
    caption:
      "Shares of the lists on test, as long as the longest K that was measured, mean over seeds. Head, mid and tail " +
      "are items of a third of the train interactions each, the most popular first: a list drawn like the log would have " +
      "a third of each.",
    table: {
      head: ["method", ...COHORTS, "mean train interactions", "coverage", "Gini"],
      rows: rows.map(({ label, parts, shown: [popular, ...others] }) => [
        label,
        ...parts.map((share) => `${(100 * share).toFixed(1)}%`),
        popular!.toFixed(1),
        ...others.map((value) => value.toFixed(3)),
      ]),
    },
    spec: bars({
      description: "Shares of head, mid and tail items in what is recommended, by method",
      x: { title: "share of the lists", format: ".0%" },
      parts: COHORTS,
      bars: rows,
    }),
  };
}
