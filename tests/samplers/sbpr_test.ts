import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { interactions } from "../../datasets/interactions.ts";
import { losses } from "../../losses/mod.ts";
import { mf } from "../../models/mf.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { sbpr } from "../../samplers/sbpr.ts";
import { trainingStep } from "../../training/step.ts";
import { assertLaw } from "./chi_square.ts";
import { batchOf, catalogueWhere, drawIn, opened } from "./drawn.ts";

// user 0 follows 1 and 2; of their items 1, 2 (twice) and 3 are new to user 0. User 2 follows user 0, user 1 no one.
const friends = { offsets: Int32Array.of(0, 2, 2, 3), targets: Int32Array.of(1, 2, 0) };
const of = catalogueWhere([[0], [0, 1, 2], [2, 3]], 7, { friends });

Deno.test("the social item is any that friends met, and the other one that neither met", async () => {
  const rows = 6000, sampler = opened(sbpr(), of, rows);
  const { social, other, friends } = await sampler.propose(batchOf(0, rows), drawIn(of)) as Record<string, Int32Array>;
  assertLaw(social!, [0, 1 / 3, 1 / 3, 1 / 3, 0, 0, 0]);
  assertLaw(other!, [0, 0, 0, 0, 1 / 3, 1 / 3, 1 / 3]);
  social!.forEach((item, row) => assert.equal(friends![row], item === 2 ? 2 : 1));
});

Deno.test("where a friend has met all but one of what the user has not, the other item is that one", async () => {
  const own = [0, 1, 2], most = Array.from({ length: 400 }, (_, at) => at + 3);
  const crowded = catalogueWhere([own, most], 404, {
    friends: { offsets: Int32Array.of(0, 1, 1), targets: Int32Array.of(1) },
  });
  const { other } = await opened(sbpr(), crowded, 50).propose(batchOf(0, 50), drawIn(crowded));
  assert.deepEqual(other, new Int32Array(50).fill(403));
});

Deno.test("a user whom no friend adds an item has none", async () => {
  const { friends, other } = await opened(sbpr(), of, 100).propose(batchOf(1, 100), drawIn(of)) as Record<
    string,
    Int32Array
  >;
  assert(friends!.every((count) => count === 0));
  assert(other!.every((item) => item >= 3));
});

Deno.test("the objective is the paper's, with the margin to the social item divided by 1 + its friends", async () => {
  const softplus = (x: number) => Math.log1p(Math.exp(x)), runtime = await openRuntime({ provider: "wasm" });
  const log = catalogue(interactions({ users: [0, 1, 2], items: [0, 1, 2], userCount: 3, itemCount: 7 }), { friends });
  const table = (shape: readonly number[], data: readonly number[]) => ({ shape, data: Float32Array.from(data) });
  const items = [0.3, -0.5, 1.1, 0.7, -0.2, 0.9, 0.4], users = [1, -2, 0.5];
  for (const coefficient of ["friends", "none"] as const) {
    const sampler = opened(sbpr({ coefficient }), log, 2);
    const { graph, loss } = trainingStep({
      backbone: mf({ dim: 1 }),
      sampler,
      loss: losses.bpr(),
      catalogue: log,
      batchSize: 2,
      padded: false,
      l2: 0,
    });
    const program = await runtime.compile(graph, { outputs: { loss } });
    await runtime.load(new Map([["user", table([3, 1], users)], ["item", table([7, 1], items)]]));
    const found = await program.run({
      users: Int32Array.of(0, 1),
      positives: Int32Array.of(0, 1),
      epoch: Float32Array.of(0),
      "sampler/social": Int32Array.of(2, 5),
      "sampler/other": Int32Array.of(4, 5),
      "sampler/friends": Float32Array.of(2, 0),
    });
    const s = (user: number, item: number) => users[user]! * items[item]!, divisor = coefficient === "friends" ? 3 : 1;
    const above = softplus(-(s(0, 0) - s(0, 2)) / divisor),
      below = softplus(-(s(0, 2) - s(0, 4))),
      plain = softplus(-(s(1, 1) - s(1, 5)));
    // both pairs are averaged over all rows, whether they have a social item or not
    assert(Math.abs(found.loss![0] as number - ((above + below + plain) / 2)) < 1e-6, `${found.loss}`);
    await program.dispose();
  }
});
Deno.test("without friends the error says what is missing", () => {
  assert.throws(
    () => opened(sbpr(), catalogueWhere([[0]], 3)),
    /Cannot use sampler "sbpr": the data have no friends; --friends names a file/,
  );
});
