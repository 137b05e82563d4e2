import type { Interactions } from "./interactions.ts";
import { orderedRows } from "./ordered_rows.ts";
import { select } from "./select.ts";

/** What users met last, and what they had met before it. */
export interface LastOfEach {
  readonly last: Interactions;
  readonly before: Interactions;
  /** Users left out of both: they met one thing, and nothing before it. */
  readonly alone: number;
}

/**
 * Parts each user's last interaction from the ones before.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "./interactions.ts";
 * import { lastOfEach } from "./last_of_each.ts";
 *
 * const log = interactions({ users: [0, 0, 0, 1], items: [4, 2, 3, 4], userCount: 2, itemCount: 5, inOrder: true });
 * const { last, before, alone } = lastOfEach(log);
 * assert.deepEqual([last.items, before.items, alone], [Int32Array.of(3), Int32Array.of(4, 2), 1]);
 * ```
 */
export function lastOfEach(log: Interactions): LastOfEach {
  const { offsets, rows } = orderedRows(log), last: number[] = [], before: number[] = [];
  let alone = 0;
  for (let user = 0; user < log.userCount; user++) {
    const start = offsets[user]!, end = offsets[user + 1]!;
    if (end - start === 1) alone++;
    if (end - start < 2) continue;
    for (let at = start; at < end - 1; at++) before.push(rows[at]!);
    last.push(rows[end - 1]!);
  }
  return { last: select(log, last), before: select(log, before), alone };
}
