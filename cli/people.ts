import { counted } from "../datasets/counted.ts";
import { orderedRows } from "../datasets/ordered_rows.ts";
import { optionalReal, resolve, text, type Values } from "../options/option.ts";
import { dataOptions, openWhole } from "./data_options.ts";
import { exists } from "./files.ts";
import { kebab, readConfig } from "./flags.ts";
import { finder } from "./named.ts";
import type { OpenedRun } from "./opened_run.ts";
import type { Output } from "./output.ts";
import { runFiles } from "./run_files.ts";

const { format, userColumn, itemColumn, ratingColumn, timeColumn } = dataOptions;
/** How a log of people is read; where nobody says, as the run's own log was. */
const readOptions = {
  ...{ format, userColumn, itemColumn, ratingColumn, timeColumn },
  minRating: optionalReal("lowest rating that counts in --met; without it, every row does"),
} as const;

/** People whom a model need not know, by what they have met. */
export const peopleOptions = {
  met: text(
    null,
    "instead of users: a log of what people have met, whom the model need not know; items by their ids, files as --data of `train` takes them",
  ),
  sql: text(null, "query of the interactions in the database that is --met"),
  table: text(null, "table of the interactions in the database that is --met"),
  ...readOptions,
} as const;
export type PeopleValues = Values<typeof peopleOptions>;

/** Somebody, by what they have met, oldest first, in the dense ids of a run: nothing, where it knows none of that. */
export interface Person {
  readonly name: string;
  readonly met: Int32Array;
}

/** How the run's own log was read, as its config.yaml says. */
export async function peopleDefaults(flags: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
  const path = `${flags.run}/${runFiles.config}`;
  if (typeof flags.run !== "string" || typeof flags.met !== "string" || !await exists(path)) return {};
  return Object.fromEntries(Object.entries(await readConfig(path)).filter(([name]) => name in readOptions));
}

/** @throws TypeError where it is said how a log is read, and none is. */
export function checkPeople(values: PeopleValues): void {
  if (values.met !== null) return;
  const { met: _met, ...others } = peopleOptions;
  const name = (Object.keys(others) as (keyof typeof others)[]).find((name) => values[name] !== null);
  if (name !== undefined) throw new TypeError(`Cannot use --${kebab(name)} without --met: it says how that is read`);
}

/**
 * Reads a log of people: by time, or, where there are no times, in the order of its rows. Each name of the log that has
 * interactions is somebody of its own, whether or not the run knows it.
 *
 * @throws TypeError where it is parted, or the run knows none of its items.
 */
export async function readPeople(
  { met, ...how }: PeopleValues & { readonly met: string },
  { ids, folder }: OpenedRun,
  output: Output,
): Promise<readonly Person[]> {
  const chosen = Object.fromEntries(
    Object.keys(peopleOptions).filter((name) => name !== "met").map((name) => [
      name,
      how[name as keyof typeof how],
    ]),
  );
  const { train, valid, test, userIds, itemIds, notes } = await openWhole(
    resolve("recommend", dataOptions, { ...chosen, data: met, ids: "names" }),
  );
  if (valid || test) {
    throw new TypeError(
      `Cannot recommend by "${met}": expected one log, found one that is parted in train and held out`,
    );
  }
  const find = finder(ids.items), itemOf = itemIds.names.map(find);
  const { offsets, rows } = orderedRows(train), people: Person[] = [];
  let unknown = 0;
  for (let user = 0; user < train.userCount; user++) {
    const own = rows.subarray(offsets[user], offsets[user + 1]);
    if (own.length === 0) continue;
    const items = Array.from(own, (row) => itemOf[train.items[row]!]).filter((item) => item !== undefined);
    unknown += own.length - items.length;
    people.push({ name: userIds.names[user]!, met: Int32Array.from(items) });
  }
  if (unknown === rows.length) {
    throw new TypeError(
      `Cannot recommend by "${met}": run "${folder}" knows none of its items (its first is "${ids.items[0]}", there "${
        itemIds.names[train.items[0]!]
      }")`,
    );
  }
  output.say(`lists for ${counted(people.length, "user")} of "${met}"`);
  for (const note of notes) output.say(`  ${note}`);
  if (unknown > 0) output.say(`  left out: ${counted(unknown, "interaction")} of items that the run does not know`);
  return people;
}
