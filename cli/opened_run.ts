import type { Catalogue } from "../datasets/catalogue.ts";
import type { Relation } from "../datasets/metadata.ts";
import type { Backbone } from "../models/backbone.ts";
import type { SavedTensor } from "../runtime/runtime.ts";
import { savedBackbone } from "./backbone_spec.ts";
import { runFiles } from "./run_files.ts";
import { checkTrained } from "./trained_folder.ts";
import { readIds, readModel, type RunIds } from "./run_folder.ts";

/** A trained model with the log's ids, ready to be asked. */
export interface OpenedRun {
  readonly folder: string;
  /** The backbone as `train` was given it. */
  readonly name: string;
  readonly backbone: Backbone;
  readonly catalogue: Catalogue;
  readonly weights: ReadonlyMap<string, SavedTensor>;
  /** What the runs were trained on that it started from. */
  readonly past?: Relation;
  readonly ids: RunIds;
}

/**
 * Reads a run folder.
 *
 * @param what what is done with it, for errors.
 * @throws Error naming what is missing or does not belong together.
 */
export async function openRun(folder: string, what = "open run"): Promise<OpenedRun> {
  await checkTrained(folder, what);
  const { backbone: name, catalogue, weights, past, ids: digest } = await readModel(folder),
    ids = await readIds(folder, digest);
  const { users, items } = catalogue;
  if (ids.users.length !== users || ids.items.length !== items) {
    throw new TypeError(
      `Cannot open run "${folder}": its weights are of ${users} users and ${items} items, ` +
        `its ${runFiles.ids} names ${ids.users.length} and ${ids.items.length}`,
    );
  }
  const backbone = savedBackbone(name, `${folder}/${runFiles.model}`);
  return { folder, name, backbone, catalogue, weights, ids, ...past && { past } };
}
