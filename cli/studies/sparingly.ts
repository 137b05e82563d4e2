/** What is done after changes takes at most one part in so many of the time. */
const PARTS = 20;

/**
 * Does something after changes, once at a time, and only as often as it takes little of the time. After `ended` it has
 * been done after the last change.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sparingly } from "./sparingly.ts";
 *
 * let value = 0, seen = 0, times = 0;
 * const { changed, ended } = sparingly(() => Promise.resolve(void (seen = value, times++)));
 * await Promise.all([1, 2, 3].map((next) => (value = next, changed())));
 * await ended();
 * assert.deepEqual([seen, times], [3, 1]);
 * ```
 */
export function sparingly(act: () => Promise<unknown>) {
  let owed = false, next = -Infinity, underWay: Promise<void> = Promise.resolve();
  const once = async () => {
    const began = performance.now();
    owed = false;
    await act();
    const ended = performance.now();
    next = ended + (PARTS - 1) * (ended - began);
  };
  return {
    changed(): Promise<void> {
      owed = true;
      return underWay = underWay.then(() => owed && performance.now() >= next ? once() : undefined);
    },
    ended: (): Promise<void> => underWay = underWay.then(() => owed ? once() : undefined),
  };
}
