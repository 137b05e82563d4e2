import { contains } from "./contains.ts";
import { keepEntries } from "./keep_entries.ts";
import type { Relation } from "./metadata.ts";

/**
 * The entries of `relation` that `other` has not: dislikes or views less the positives, say. Rows of the two are the
 * same; weights and times are those of the former.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { difference } from "./difference.ts";
 *
 * const viewed = { offsets: Int32Array.of(0, 3), targets: Int32Array.of(1, 4, 6) };
 * const bought = { offsets: Int32Array.of(0, 2), targets: Int32Array.of(4, 5) };
 * assert.deepEqual(difference(viewed, bought).targets, Int32Array.of(1, 6));
 * ```
 */
export const difference = <R extends Relation>(relation: R, other: Relation): R =>
  keepEntries(relation, (entry, row) => !contains(other, row, relation.targets[entry]!));
