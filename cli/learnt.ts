import type { Relation } from "../datasets/metadata.ts";
import type { OpenedRun } from "./opened_run.ts";

/**
 * Whether a run's model can know anything of a user: by what they met in training, there or in a run that it started from,
 * or by what the backbone reads of users. Of anyone else the vector is as it was drawn, or as a file that is the backbone had
 * it. A backbone that asks with histories has no vectors of users: nobody is unlearnt there.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { mf } from "../models/mf.ts";
 * import { learnt } from "./learnt.ts";
 *
 * const log = interactions({ users: [0], items: [1], userCount: 2, itemCount: 2 });
 * const knows = learnt({ backbone: mf(), catalogue: catalogue(log) });
 * assert.deepEqual([knows(0), knows(1)], [true, false]);
 * ```
 */
export function learnt(
  { backbone, catalogue, past }: Pick<OpenedRun, "backbone" | "catalogue" | "past">,
): (user: number) => boolean {
  if (backbone.history) return () => true;
  const { userAttributes, behaviours = [], source } = catalogue.metadata; // of these it is kept what the backbone reads
  const known: readonly (Pick<Relation, "offsets"> | undefined)[] = [
    catalogue,
    past,
    userAttributes,
    ...behaviours,
    source,
  ];
  return (user) => known.some((by) => by !== undefined && by.offsets[user]! < by.offsets[user + 1]!);
}
