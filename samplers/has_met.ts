import type { Met } from "../datasets/negatives.ts";
import type { Value } from "../graphs/builder.ts";
import { add } from "../graphs/ops/arithmetic.ts";
import { and, equal, greaterOrEqual, less, lessOrEqual, where } from "../graphs/ops/compare.ts";
import { gather } from "../graphs/ops/index.ts";
import { unsqueeze } from "../graphs/ops/shape.ts";
import type { Step } from "./sampler.ts";

/**
 * Whether each row's user has met the items `ids`, as bool [R, n]: a binary search of what the user met, in the graph, all
 * at once. Its cost is log2 of the most that a user has met, whatever the catalogue.
 */
export function hasMet(
  { graph, userIds }: Pick<Step, "graph" | "userIds">,
  { users, offsets, positives }: Met,
  ids: Value,
): Value {
  let most = 1;
  for (let user = 0; user < users; user++) most = Math.max(most, offsets[user + 1]! - offsets[user]!);
  const padded = new Int32Array(positives.length + 2 * most); // a stride may look past the end
  padded.set(positives);
  const known = graph.constant(padded), int = (x: number) => graph.constant(Int32Array.of(x));
  const bound = (shift: number) => unsqueeze(gather(graph.constant(offsets.slice(shift, users + shift)), userIds), 1); // [R, 1]
  const start = bound(0), end = bound(1);
  let at = add(start, int(-1)); // of the last positive that is <= the item, [R, n]; one before the first if none is
  for (let stride = 2 ** Math.floor(Math.log2(most)); stride >= 1; stride /= 2) {
    const next = add(at, int(stride));
    at = where(and(less(next, end), lessOrEqual(gather(known, next), ids)), next, at);
  }
  const found = greaterOrEqual(at, start);
  return and(found, equal(gather(known, where(found, at, start)), ids));
}
