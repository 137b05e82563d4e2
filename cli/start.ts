import { contains } from "../datasets/contains.ts";
import type { Dataset } from "../datasets/dataset.ts";
import type { Ids } from "../datasets/ids.ts";
import type { Interactions } from "../datasets/interactions.ts";
import type { Catalogue } from "../datasets/catalogue.ts";
import type { Backbone } from "../models/backbone.ts";
import { readYaml } from "../options/yaml.ts";
import { type RecipeOptions, recipeOptions } from "../recipes/options.ts";
import type { NamedRecipe } from "../recipes/recipe.ts";
import type { SavedTensor } from "../runtime/runtime.ts";
import { type CarriedOver, carriedOver } from "../training/carried_over.ts";
import { readText } from "./files.ts";
import { type OpenedRun, openRun } from "./opened_run.ts";
import { runFiles } from "./run_files.ts";
import type { TrainValues } from "./train_options.ts";

/** Data of which names are known, and what is held out. */
export type Named = Pick<Dataset, "userIds" | "itemIds"> & Partial<Pick<Dataset, "valid" | "test">>;

/** What a run starts from that goes on where another ended. */
export interface Start {
  readonly weights: ReadonlyMap<string, SavedTensor>;
  /** What a person should know of it, in lines. */
  readonly said: readonly string[];
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
  const run = await openRun(init);
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
  const { weights, known, fresh } = found;
  const rows = known.map(({ name, rows, of }) => `${name} (${rows} of ${of} rows)`).join(", ");
  const said = [
    `starts from run "${init}" (${run.name}): ${rows}${fresh.length > 0 ? `; not ${fresh.join(", ")}` : ""}`,
    ...seenBefore(run, data),
  ];
  return { weights, said };
}

/** A line for each held-out part of which that run was trained on some. */
function seenBefore({ catalogue: { offsets, positives }, ids, folder }: OpenedRun, data: Named): readonly string[] {
  const { valid, test, userIds, itemIds } = data, met = { offsets, targets: positives };
  const before = (names: readonly string[], now: Ids) => {
    const found = new Int32Array(now.names.length).fill(-1);
    names.forEach((name, id) => {
      const is = now.indexOf(name);
      if (is !== undefined) found[is] = id;
    });
    return found;
  };
  const users = before(ids.users, userIds), items = before(ids.items, itemIds);
  const seenOf = (held: Interactions) =>
    held.users.reduce((count, user, row) => {
      const [u, i] = [users[user]!, items[held.items[row]!]!];
      return u >= 0 && i >= 0 && contains(met, u, i) ? count + 1 : count;
    }, 0);
  return Object.entries({ valid, test }).flatMap(([name, held]) => {
    const seen = held ? seenOf(held) : 0;
    return seen === 0 ? [] : [
      `  run "${folder}" was trained on ${seen} of the ${
        held!.users.length
      } interactions of ${name}: what is measured on them is OPTIMISTIC`,
    ];
  });
}

/** How a run was trained, for one that starts from it and is told of no part. */
export async function recipeOfRun(folder: string): Promise<NamedRecipe> {
  const path = `${folder}/${runFiles.config}`;
  const config = readYaml(await readText(path, "the options of run")) as Readonly<Record<string, unknown>> | null;
  const options = Object.entries(config ?? {}).filter(([name, value]) => name in recipeOptions && value !== null);
  return {
    ...{ name: folder, about: "as that run was trained", citation: "", where: [] },
    options: Object.fromEntries(options) as RecipeOptions,
  };
}
