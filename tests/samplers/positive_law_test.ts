import assert from "node:assert/strict";
import type { EpochRows } from "../../datasets/batching.ts";
import { SeenItems } from "../../datasets/negatives.ts";
import { userBatches } from "../../datasets/user_batches.ts";
import { Rng } from "../../random/rng.ts";
import { batchPool } from "../../samplers/batch_pool.ts";
import { bir } from "../../samplers/bir.ts";
import { positiveLaw } from "../../samplers/positive_law.ts";
import { assertLaw } from "./chi_square.ts";
import { catalogueWhere, drawIn } from "./drawn.ts";

/** User 3 has met every item and is not trained on. */
const of = catalogueWhere([[0, 1, 2, 3], [0], [3, 3], [0, 1, 2, 3, 4]], 5), seen = new SeenItems(of);
const setting = (visit: EpochRows) => ({ catalogue: of, seen, rows: 3, epochs: 1, visit });
/** A third for each of users 0, 1 and 2, parted evenly over what that one has met. */
const BY_USERS = [5 / 12, 1 / 12, 1 / 12, 5 / 12, 0];

Deno.test("a positive's probability is its share of the interactions, or the mean over users of its share of theirs", () => {
  const near = (found: Float64Array, wanted: readonly number[]) =>
    wanted.forEach((p, item) => assert(Math.abs(found[item]! - p) < 1e-12, `${item}: ${found[item]}, not ${p}`));
  near(positiveLaw(setting("interactions")), [3, 2, 2, 4, 1].map((count) => count / 12));
  near(positiveLaw(setting("users")), BY_USERS);
  const { at } = userBatches(of, seen, 6000, { size: 6000, dropLast: false }).plan(0, new Rng(1, "order"));
  assertLaw(at(0).positives, [...positiveLaw(setting("users"))]);
});

Deno.test("samplers that take a batch's positives for negatives are told of the law that these follow", async () => {
  const batch = { rows: 3, first: 0, users: Int32Array.of(0, 1, 2), positives: Int32Array.of(1, 0, 3) };
  const options = { hits: "met", correct: "both", frequency: "counts", rate: 0, columns: 0 } as const;
  for (const policy of [batchPool(0, options), bir()]) {
    const { logQ } = await policy(setting("users")).propose(batch, drawIn(of)) as { readonly logQ: Float32Array };
    assert.deepEqual([...logQ], [1, 0, 3].map((item) => Math.fround(Math.log(BY_USERS[item]!))));
  }
});
