import type { Figure } from "../chart.ts";
import type { Study } from "../study.ts";
import { byEpoch } from "./by_epoch.ts";

/** The metric that picks the epoch, by epoch. */
export function metricByEpoch(study: Study): Figure {
  const { selectBy, selectedOn } = study;
  return byEpoch(study, {
    id: "metric-by-epoch",
    title: `${selectBy} by epoch`,
    says: selectedOn === "test"
      ? `${selectBy} on the TEST set, which also picked the epochs, as the code of many papers does: it is optimistic.`
      : `${selectBy} on what is held out to pick the epoch, not on test.`,
    y: selectBy,
    of: ({ metrics }) => metrics?.[selectBy],
    takes: "runs that evaluate while they train: --select valid",
  });
}

/** The training loss by epoch: a figure for each loss, since different ones do not compare. */
export function lossByEpoch(study: Study): readonly Figure[] {
  const lossOf = ({ options }: Study["methods"][number]) => String(options.loss ?? "");
  const trained = study.methods.filter(({ trials }) => trials.some(({ epochs }) => epochs.length > 0));
  const losses = [...new Set(trained.map(lossOf))];
  return (losses.length > 0 ? losses : [""]).map((loss, at) =>
    byEpoch(study, {
      id: `loss-by-epoch${losses.length > 1 ? `-${at + 1}` : ""}`,
      title: loss === "" ? "Loss by epoch" : `Loss (${loss}) by epoch`,
      says:
        "Mean over an epoch's steps, on what the sampler drew: harder negatives make a higher loss, not a worse model.",
      y: "loss",
      of: ({ loss }) => loss,
      methods: (method) => lossOf(method) === loss,
      takes: "epochs in the logs",
    })
  );
}
