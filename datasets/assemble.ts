import { counted } from "./counted.ts";
import type { Dataset, Parts } from "./dataset.ts";
import { namedIds } from "./ids.ts";
import { idTable } from "./id_table.ts";
import { type Interactions, interactions } from "./interactions.ts";
import { type LastOfEach, lastOfEach } from "./last_of_each.ts";
import type { Log } from "./log.ts";
import { merge } from "./merge.ts";
import { numberIds, type Numbering } from "./numbering.ts";
import { type Overlap, overlap } from "./overlap.ts";
import { ratedDislikes } from "./rated_dislikes.ts";
import type { Rows } from "./rows.ts";
import { threshold } from "./threshold.ts";

/** What is made of a log's rows. */
export interface AssembleOptions {
  /** The lowest rating that makes a positive; train rows below make dislikes. Default: every row is a positive. */
  readonly minRating?: number;
  /** Whether ids are numbers of rows already, as tables have them that a model came with. Default: as the log says. */
  readonly rowIds?: boolean;
}

type Part = "train" | "valid" | "test";
const PARTS = ["train", "valid", "test"] as const;

/**
 * Makes a dataset of logs: drops ratings below the threshold, numbers ids densely (an adjacency list's own numbers are
 * kept), and merges repeats within a part. `notes` tell what was done.
 *
 * @throws InputError where a log cannot be read; it names the file and the line.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { assemble } from "./assemble.ts";
 * import { textLog } from "./log.ts";
 *
 * const log = textLog({ file: "log.csv", bytes: new TextEncoder().encode("user,item,stars\nann,heat,5\nbob,saw,1\n") });
 * const { train, itemIds } = await assemble("films", { train: log }, { minRating: 4 });
 * assert.deepEqual([train.items, itemIds.names], [Int32Array.of(0), ["heat"]]);
 * ```
 */
export async function assemble(
  name: string,
  logs: { readonly train: Log; readonly valid?: Log | undefined; readonly test?: Log | undefined },
  options: AssembleOptions = {},
): Promise<Dataset> {
  const tables = { users: idTable(), items: idTable() }, notes: string[] = [];
  const parts = PARTS.filter((part) => logs[part] !== undefined), { numbered, usersOfTheirOwn } = logs.train;
  const rows = new Map<Part, Rows>();
  let low: Rows | undefined, mergedRows = 0;
  for (const part of parts) {
    const log = logs[part]!, read = await log.read(tables), rated = threshold(read, options.minRating, log.file);
    notes.push(...[...read.notes, ...rated.notes].map((note) => `${part}: ${note}`));
    rows.set(part, rated.positives);
    notes.push(...unitsOf(rated.positives.times).map((note) => `${part}: ${note}`));
    if (part === "train") low = rated.negatives;
  }

  const all = [...rows.values()], numbering = options.rowIds ? "required" : numbered;
  const numbers = (kind: "users" | "items") => {
    try {
      return numberIds(tables[kind].names(), all.map((part) => part[kind]), numbering);
    } catch (error) {
      throw new TypeError(`${(error as Error).message} (${kind} of "${logs.train.file}")`, { cause: error });
    }
  };
  const users = numbers("users"), items = numbers("items");
  for (const of of low ? [...all, low] : all) {
    renumber(of.users, users);
    renumber(of.items, items);
  }
  const build = (part: Part) => {
    const of = rows.get(part)!;
    rows.delete(part);
    const merged = merge(interactions({ ...of, userCount: users.names.length, itemCount: items.names.length }), true);
    const { repeats } = merged;
    if (part === "train") mergedRows = repeats;
    if (repeats > 0) {
      notes.push(`${part}: merged ${counted(repeats, "row")} that repeat${repeats > 1 ? "" : "s"} a user and item`);
    }
    return merged.interactions;
  };
  const whole = Object.fromEntries(parts.map((part) => [part, build(part)])) as Pick<Dataset, Part>;
  const built = usersOfTheirOwn ? parted(whole, notes) : whole;
  for (const part of parts) {
    if (part === "train") continue;
    const found = overlap(built.train, built[part]!);
    notes.push(...describe(part, usersOfTheirOwn ? { ...found, coldUser: 0 } : found));
  }
  const dislikes = low && ratedDislikes(low, options.minRating!, built.train);
  notes.push(...dislikes?.notes ?? []);
  return {
    ...{ name, ...built, userIds: namedIds(users.names), itemIds: namedIds(items.names), notes },
    ...(mergedRows > 0 && { merged: mergedRows }),
    ...(dislikes?.dislikes && { metadata: { dislikes: dislikes.dislikes } }),
  };
}

/** Of users that train does not have, the last interaction is held out, and the ones before are known. */
function parted({ train, ...held }: Parts, notes: string[]): Parts {
  const ends = Object.entries(held).map(([part, log]): [string, LastOfEach] => [part, lastOfEach(log as Interactions)]);
  for (const [part, { last, alone }] of ends) {
    notes.push(
      `${part}: the last item of each of ${counted(last.users.length, "user")} is held out, those before are known`,
    );
    if (alone > 0) notes.push(`${part}: left out ${counted(alone, "user")} of one item, with nothing before it`);
  }
  const of = (what: "last" | "before") => Object.fromEntries(ends.map(([part, end]) => [part, end[what]]));
  return { train, ...of("last"), ...ends.length > 0 && { before: of("before") } };
}

/** In place: rows may be many, and nobody else has them. */
function renumber(column: Int32Array, { dense }: Numbering): void {
  if (dense.every((id, entry) => id === entry)) return;
  for (let row = 0; row < column.length; row++) column[row] = dense[column[row]!]!;
}

function describe(part: Part, { coldUser, coldItem, inTrain }: Overlap): string[] {
  return [
    ...(coldUser > 0 ? [`${part}: ${counted(coldUser, "row")} of a user without train interactions`] : []),
    ...(coldItem > 0 ? [`${part}: ${counted(coldItem, "row")} of an item without train interactions`] : []),
    ...(inTrain > 0 ? [`${part}: ${counted(inTrain, "row")} also in train`] : []),
  ];
}

/** From 1973 on in seconds; times that are so much apart cannot all be in one unit. */
const SECONDS_FROM = 1e8, APART = 100;

/** That times look like some in seconds and some in milliseconds, where they do. */
function unitsOf(times: ArrayLike<number> | undefined): readonly string[] {
  let least = Infinity, most = -Infinity;
  for (let row = 0; row < (times?.length ?? 0); row++) {
    least = Math.min(least, times![row]!);
    most = Math.max(most, times![row]!);
  }
  if (!(least >= SECONDS_FROM && most >= APART * least)) return [];
  return [
    `times run from ${least} to ${most}: some seem to be in seconds, some in milliseconds, so that no order holds`,
  ];
}
