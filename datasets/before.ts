import type { Parts } from "./dataset.ts";
import { keepEntries } from "./keep_entries.ts";
import type { Metadata, Relation } from "./metadata.ts";

/**
 * The metadata of a time at which nothing was held out yet: dislikes, behaviours and what was met in the source domain
 * before each user's `limits`; of users that only the source domain has, before the last of all limits. Those whose times
 * are not known stay.
 *
 * @param limits a time for each user.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { before } from "./before.ts";
 *
 * const dislikes = { offsets: Int32Array.of(0, 2), targets: Int32Array.of(4, 7), times: Float64Array.of(30, 20) };
 * assert.deepEqual(before({ dislikes }, Float64Array.of(25)).dislikes?.targets, Int32Array.of(7));
 * ```
 */
export function before(metadata: Metadata, limits: Float64Array): Metadata {
  const earlier = <R extends Relation>(relation: R): R => {
    const { times } = relation;
    return times ? keepEntries(relation, (entry, user) => times[entry]! < (limits[user] ?? last)) : relation;
  };
  const { dislikes, behaviours, source } = metadata, last = limits.reduce((a, b) => Math.max(a, b), -Infinity);
  return {
    ...metadata,
    ...(dislikes && { dislikes: earlier(dislikes) }),
    ...(behaviours && { behaviours: behaviours.map(earlier) }),
    ...(source && { source: earlier(source) }),
  };
}

/** The time of each user's first interaction that is held out; Infinity where there is none. */
export function firstHeldOut({ train, valid, test }: Parts): Float64Array {
  const limits = new Float64Array(train.userCount).fill(Infinity);
  for (const part of [valid, test]) {
    part?.times?.forEach((time, row) => limits[part.users[row]!] = Math.min(limits[part.users[row]!]!, time));
  }
  return limits;
}

/** As {@link firstHeldOut}, one time for all users: that of the first interaction that is held out. */
export function firstOfAll(parts: Parts): Float64Array {
  const limits = firstHeldOut(parts);
  return limits.fill(limits.reduce((a, b) => Math.min(a, b), Infinity));
}
