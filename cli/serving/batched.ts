import { turn } from "../../runtime/turn.ts";

/**
 * Answers what is asked while an answer is under way together, up to `most` at a time: `run` gives a result for each ask.
 * An error of a run is that of all who asked in it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { batched } from "./batched.ts";
 *
 * const sizes: number[] = [];
 * const double = batched((asks: readonly number[]) => (sizes.push(asks.length), Promise.resolve(asks.map((x) => 2 * x))), 2);
 * assert.deepEqual(await Promise.all([1, 2, 3].map(double)), [2, 4, 6]);
 * assert.deepEqual(sizes, [2, 1]);
 * ```
 */
export function batched<A, R>(
  run: (asks: readonly A[]) => Promise<readonly R[]>,
  most: number,
): (ask: A) => Promise<R> {
  const waiting: { readonly ask: A; readonly answered: PromiseWithResolvers<R> }[] = [];
  let running = false;
  const drain = async () => {
    running = true;
    while (waiting.length > 0) {
      await turn(); // whoever has arrived by now is asked with the others
      const some = waiting.splice(0, most);
      try {
        const found = await run(some.map(({ ask }) => ask));
        some.forEach(({ answered }, at) => answered.resolve(found[at]!));
      } catch (error) {
        for (const { answered } of some) answered.reject(error);
      }
    }
    running = false;
  };
  return (ask) => {
    const answered = Promise.withResolvers<R>();
    waiting.push({ ask, answered });
    if (!running) drain();
    return answered.promise;
  };
}
