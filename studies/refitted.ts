import { catalogue as catalogueOf } from "../datasets/catalogue.ts";
import type { Parts } from "../datasets/dataset.ts";
import { joined } from "../datasets/joined.ts";
import { heldIn, type Protocol } from "./protocol.ts";

/**
 * The protocol once an epoch is picked: what was held out to select by, and what its users had met before it, is trained
 * on, too, and nothing is selected any more. Test is the same.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { refitted } from "./refitted.ts";
 *
 * const log = (item: number) => interactions({ users: [0], items: [item], userCount: 1, itemCount: 3 });
 * const data = { train: log(2), valid: log(0), test: log(1) }, testing = { held: data.test, alsoSeen: [data.valid] };
 * const about = { selectBy: "ndcg@20", metrics: ["ndcg@20"], memory: 2 ** 20 };
 * const { catalogue: whole, testing: after } = refitted({ ...about, data, catalogue: catalogue(data.train), testing });
 * assert.deepEqual([whole.positives, after!.alsoSeen], [Int32Array.of(0, 2), []]);
 * ```
 */
export function refitted({ data: parts, catalogue, selecting: _selecting, testing, ...rest }: Protocol): Protocol {
  const data = withoutValidation(parts);
  return {
    ...{ ...rest, data, catalogue: catalogueOf(data.train, catalogue.metadata) },
    ...testing && { testing: heldIn(data, "test")! },
  };
}

/** Parts of which train has what was held out to select by, and what its users had met before it. */
export function withoutValidation<P extends Parts>({ train, valid, before = {}, ...rest }: P) {
  const known = [before.valid, valid].filter((log) => log !== undefined);
  return { ...rest, train: known.reduce(joined, train), ...before.test && { before: { test: before.test } } };
}
