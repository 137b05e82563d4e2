import { catalogue as catalogueOf } from "../datasets/catalogue.ts";
import type { Dataset } from "../datasets/dataset.ts";
import { evaluated } from "../evaluation/judge.ts";
import { parseMetric } from "../evaluation/parse_metric.ts";
import { viewsOf } from "../evaluation/views.ts";
import { heldIn, type Protocol } from "../studies/protocol.ts";
import { type DataValues, openData, withValidation } from "./data_options.ts";
import type { Output } from "./output.ts";
import { rankedAs, testedIn } from "./ranked_as.ts";
import type { TrainValues } from "./train_options.ts";

/** The options that make a protocol. */
export type ProtocolValues =
  & DataValues
  & Pick<TrainValues, "select" | "selectBy" | "memory" | "workers" | "mask" | "average" | "ties" | "evaluateUsers">;

/** Data, and how trials on it are selected and tested. */
export interface OpenedProtocol {
  readonly data: Dataset;
  readonly protocol: Protocol;
}

/** Loads the data and settles what picks the best epoch. @throws TypeError where there is nothing to pick it on. */
export async function openProtocol(values: ProtocolValues, metrics: readonly string[]): Promise<OpenedProtocol> {
  const { select, memory, workers } = values, selectBy = (values.selectBy ?? "").toLowerCase();
  if (select !== "last" && parseMetric(selectBy).dispersion) {
    throw new TypeError(`Cannot select by ${selectBy}: of a dispersion less is better, and the best is the largest`);
  }
  const found = await openData(values);
  const data = select === "valid" ? withValidation(found, values) : found;
  if (select === "test" && !data.test) {
    throw new TypeError(`Cannot select by test: "${data.name}" has no test interactions`);
  }
  if (select === "valid" && !(data.valid && data.valid.users.length > 0)) {
    throw new TypeError(
      `Cannot select by validation: no interactions of "${data.name}" could be held out; --select last trains without`,
    );
  }
  const testing = testedIn(data, values), catalogue = catalogueOf(data.train, data.metadata);
  const selecting = select === "last" ? undefined : select === "test" ? testing : heldIn(data, "valid");
  const ranking = rankedAs(values), { sample } = ranking;
  // what test cannot be measured by is said before anything is trained
  if (testing && testing.held.users.length > 0) {
    viewsOf(metrics, catalogue, evaluated(testing.held, sample));
  }
  const protocol = {
    data,
    catalogue,
    ...selecting && { selecting },
    selectBy,
    ...testing && testing.held.users.length > 0 && { testing },
    metrics,
    memory: memory * 2 ** 20,
    workers,
    ...ranking,
  };
  return { data, protocol };
}

/** What a person should know of the data before training starts. */
export function describe({ data, protocol: { catalogue } }: OpenedProtocol, output: Output): void {
  const { name, train, valid, test, notes } = data, { items, offsets } = catalogue;
  const held = [valid && `${valid.users.length} to select by`, test && `${test.users.length} to test on`].filter(
    Boolean,
  );
  output.say(
    `${name}: ${train.userCount} users, ${train.itemCount} items, ${train.users.length} interactions to train on` +
      held.map((part) => `, ${part}`).join(""),
  );
  for (const note of notes) output.say(`  ${note}`);
  const sated = train.users.reduce((rows, user) => offsets[user + 1]! - offsets[user]! === items ? rows + 1 : rows, 0);
  if (sated > 0) {
    output.say(`  ${sated} interactions of users who have met every item train nothing: they have no negatives`);
  }
}

/** Said wherever the best epoch is picked on test. */
export const OPTIMISTIC =
  "selects the best epoch on the TEST set, as the papers' code does: its numbers are optimistic";
