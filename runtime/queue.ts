/** Runs asynchronous jobs one at a time, in the order they were asked for. */
export type Queue = <T>(job: () => Promise<T>) => Promise<T>;

/**
 * A queue of its own. onnxruntime-web cannot overlap two runs on WebGPU (they hang), so every session call goes
 * through one queue. A failed job does not stop the next.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { queue } from "./queue.ts";
 *
 * const run = queue(), log: string[] = [];
 * await Promise.all(["a", "b"].map((name) => run(async () => {
 *   log.push(`${name} starts`);
 *   await Promise.resolve();
 *   log.push(`${name} ends`);
 * })));
 * assert.deepEqual(log, ["a starts", "a ends", "b starts", "b ends"]);
 * ```
 */
export function queue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return (job) => {
    const result = last.then(job);
    last = result.catch(() => {});
    return result;
  };
}
