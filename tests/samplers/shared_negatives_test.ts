import assert from "node:assert/strict";
import { eachProvider } from "../runtime/each_provider.ts";
import { sharedNegatives } from "../../samplers/shared_negatives.ts";
import { batchAt } from "../../datasets/batching.ts";
import { catalogueWhere, drawIn, opened } from "./drawn.ts";
import { smallLog } from "../training/small_run.ts";
import { catalogue } from "../../datasets/catalogue.ts";
import { mf } from "../../models/mf.ts";
import { losses } from "../../losses/mod.ts";
import { trainingStep } from "../../training/step.ts";
import type { Negatives } from "../../samplers/sampler.ts";

Deno.test("each row brings uniform negatives that its user has not met, and keeps no column that it has", async () => {
  const of = catalogueWhere([[0, 1], [2], []], 4),
    rows = 30,
    users = Int32Array.from({ length: rows }, (_, row) => row % 3);
  const { seen, ...draw } = drawIn(of), batch = { rows: 28, first: 0, users, positives: new Int32Array(rows) };
  const { ids, kept } = await opened(sharedNegatives({ negatives: 2 }), of, rows).propose(batch, { seen, ...draw }) as {
    ids: Int32Array;
    kept: Uint8Array;
  };
  ids.forEach((item, column) => assert(!seen.has(users[column >> 1]!, item)));
  for (let row = 0; row < rows; row++) {
    ids.forEach((item, column) =>
      assert.equal(kept[row * 60 + column], !seen.has(users[row]!, item) && column < 56 ? 1 : 0)
    );
  }
});

eachProvider("a row shares with the rows whose users are most like its own, itself first", async (runtime) => {
  const { train } = smallLog(), of = catalogue(train), rows = 4;
  const step = trainingStep({
    backbone: mf({ dim: 2 }),
    sampler: opened(sharedNegatives({ rows: 1 }), of, rows),
    loss: losses.infonce(),
    catalogue: of,
    batchSize: rows,
    padded: false,
    l2: 0,
  });
  const program = await runtime.compile(step.graph, { outputs: { mask: (step.negatives as Negatives).mask! } });
  const user = new Float32Array(2 * of.users);
  user.set([1, 0, 0.9, 0.1, -1, 0.2, -3, 0.5]); // users 0 and 1 are alike, and 2 and 3
  await runtime.load(new Map([["user", { shape: [of.users, 2], data: user }]]));
  const batch = batchAt({ users: Int32Array.of(0, 1, 2, 3), items: train.items }, Int32Array.of(0, 1, 2, 3), 0, {
    size: 4,
    dropLast: false,
  });
  const feeds = {
    users: batch.users,
    positives: batch.positives,
    epoch: Float32Array.of(0),
    "sampler/ids": Int32Array.of(0, 1, 2, 3),
    "sampler/kept": new Uint8Array(16).fill(1),
  };
  const { mask } = await program.run(feeds);
  assert.deepEqual([...mask as Float32Array], [1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1]);
});
