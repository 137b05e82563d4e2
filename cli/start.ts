import { contains } from "../datasets/contains.ts";
import type { Dataset } from "../datasets/dataset.ts";
import type { Catalogue } from "../datasets/catalogue.ts";
import type { Relation } from "../datasets/metadata.ts";
import { relation } from "../datasets/relation.ts";
import type { Backbone } from "../models/backbone.ts";
import { type RecipeOptions, recipeOptions } from "../recipes/options.ts";
import type { NamedRecipe } from "../recipes/recipe.ts";
import type { SavedTensor } from "../runtime/runtime.ts";
import { type CarriedOver, carriedOver } from "../training/carried_over.ts";
import { readConfig } from "./flags.ts";
import { type OpenedRun, openRun } from "./opened_run.ts";
import { runFiles } from "./run_files.ts";
import type { TrainValues } from "./train_options.ts";
import { checkTrained, START_FROM } from "./trained_folder.ts";

/** Data of which names are known, and what is held out. */
export type Named = Pick<Dataset, "userIds" | "itemIds"> & Partial<Pick<Dataset, "valid" | "test">>;

/** What a run starts from that goes on where another ended. */
export interface Start {
  readonly weights: ReadonlyMap<string, SavedTensor>;
  /** What was taken, in words. */
  readonly said: string;
  /** Who met what of what it was trained on before, in the ids of these data. */
  readonly past: Relation;
  /** How much of each held-out part is among that, where any is. */
  readonly seen: Readonly<Record<string, { readonly seen: number; readonly of: number }>>;
  /** That this makes them optimistic, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * The weights of the run that `--init` names, for a backbone on these data; undefined where there is none.
 *
 * @throws TypeError where they do not fit.
 */
export async function startOf(
  { init, seed }: Pick<TrainValues, "init" | "seed">,
  backbone: Backbone,
  { data, catalogue }: { readonly data: Named; readonly catalogue: Catalogue },
): Promise<Start | undefined> {
  if (init === null) return undefined;
  const run = await openRun(init, START_FROM);
  if (backbone.written) {
    throw new TypeError(
      `Cannot start from run "${init}": a backbone that is a file starts with what is in it${
        run.backbone.written ? `; that of the run is "${init}/${runFiles.model}"` : ""
      }`,
    );
  }
  const to = { backbone, catalogue, users: data.userIds.names, items: data.itemIds.names };
  let found: CarriedOver;
  try {
    found = carriedOver({ ...run, ...run.ids }, to, seed);
  } catch (error) {
    throw new TypeError(`${(error as Error).message} (run "${init}", ${run.name})`, { cause: error });
  }
  const { weights, known, fresh, left } = found, past = pastOf(run, data), seen = seenIn(past, data);
  const said = [
    `starts from run "${init}" (${run.name}): ${
      known.map(({ name, rows, of }) => `${name} (${rows} of ${of} rows)`).join(", ")
    }`,
    ...fresh.length > 0 ? [`new here: ${listed(fresh)}`] : [],
    ...left.length > 0 ? [`left there: ${listed(left)}`] : [],
  ].join("; ");
  return { weights, said, past, seen, notes: leaks(init, { seen }) };
}

/** Some of some names, and how many there are. */
const listed = (names: readonly string[]): string =>
  names.length > SHOWN + 1 ? `${names.slice(0, SHOWN).join(", ")} and ${names.length - SHOWN} more` : names.join(", ");
const SHOWN = 4;

/** Who met what of what a run, and those that it started from, were trained on, in the ids of other data. */
function pastOf({ catalogue, past, ids }: OpenedRun, { userIds, itemIds }: Named): Relation {
  const most = catalogue.positives.length + (past?.targets.length ?? 0);
  const rows = new Int32Array(most), targets = new Int32Array(most);
  let found = 0;
  const users = ids.users.map((name) => userIds.indexOf(name)), items = ids.items.map((name) => itemIds.indexOf(name));
  const add = ({ offsets, targets: met }: Relation) => {
    users.forEach((user, row) => {
      if (user === undefined) return;
      for (let at = offsets[row]!; at < offsets[row + 1]!; at++) {
        const item = items[met[at]!];
        if (item === undefined) continue;
        rows[found] = user;
        targets[found++] = item;
      }
    });
  };
  add({ offsets: catalogue.offsets, targets: catalogue.positives });
  if (past) add(past);
  const counts = { rowCount: userIds.names.length, targetCount: itemIds.names.length };
  return relation({ rows: rows.subarray(0, found), targets: targets.subarray(0, found), ...counts });
}

/** How many interactions of each held-out part are in it, of those that have any. */
export function seenIn(past: Relation, { valid, test }: Pick<Named, "valid" | "test">): Start["seen"] {
  return Object.fromEntries(
    Object.entries({ valid, test }).flatMap(([part, held]) => {
      const seen = held?.users.reduce((n, user, row) => contains(past, user, held.items[row]!) ? n + 1 : n, 0) ?? 0;
      return seen === 0 ? [] : [[part, { seen, of: held!.users.length }]];
    }),
  );
}

/** What that makes of what is measured, a sentence for each part. */
export const leaks = (run: string | null, { seen }: Pick<Start, "seen">): readonly string[] =>
  Object.entries(seen).map(([part, { seen, of }]) =>
    `${
      run === null ? "a run" : `run "${run}"`
    }, which it starts from, was trained on ${seen} of the ${of} interactions of ${part}: ` +
    "what is measured, or picked, by them is OPTIMISTIC"
  );

/** How a run was trained: so is one that starts from it, but for what it is told. */
export async function recipeOfRun(folder: string): Promise<NamedRecipe> {
  await checkTrained(folder, START_FROM);
  const config = await readConfig(`${folder}/${runFiles.config}`);
  const options = Object.entries(config).filter(([name, value]) => name in recipeOptions && value !== null);
  return {
    ...{ name: folder, about: "as that run was trained", citation: "", where: [] },
    options: Object.fromEntries(options) as RecipeOptions,
  };
}
