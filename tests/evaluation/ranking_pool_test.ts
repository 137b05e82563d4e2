import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { type Interactions, interactions } from "../../datasets/interactions.ts";
import { fullRanking, type RankingOptions } from "../../evaluation/full_ranking.ts";
import type { Backbone } from "../../models/backbone.ts";
import { lightgcn } from "../../models/lightgcn.ts";
import { mf } from "../../models/mf.ts";
import { mlp } from "../../models/mlp.ts";
import { sasrec } from "../../models/sasrec.ts";
import { Rng } from "../../random/rng.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { anyMetadata } from "../samplers/metadata.ts";

const USERS = 700, ITEMS = 90;
/** Some ten interactions of each user. */
function log(name: string, each: number): Interactions {
  const rng = new Rng(4, name), users: number[] = [], items: number[] = [];
  for (let user = 0; user < USERS; user++) {
    for (let item = 0; item < ITEMS; item++) {
      if (rng.below(ITEMS) >= each) continue;
      users.push(user);
      items.push(item);
    }
  }
  return interactions({ users, items, userCount: USERS, itemCount: ITEMS });
}
const train = log("train", 10), since = log("since", 1), held = log("held", 2);
const seen = catalogue(train, anyMetadata(USERS, ITEMS));
const METRICS = ["ndcg@10", "tail/hit@10", "balance@5", "cold75/recall@10", "sampled20/hit@3"]
  .concat(["dispersion@10", "group-dispersion@20"]);

const cases: Readonly<Record<string, readonly [Backbone, Partial<RankingOptions>]>> = {
  "mf": [mf({ dim: 8 }), {}],
  "mf with what was met since": [mf({ dim: 8 }), { alsoSeen: [since] }],
  "mf without masks, by event": [mf({ dim: 8 }), { maskSeen: false, byEvent: true }],
  "mf in little memory": [mf({ dim: 8 }), { memory: 4 * ITEMS * 30 }],
  "mf for a sample of the users": [mf({ dim: 8 }), { sample: { users: 300, seed: 1 } }],
  "a network, whose weights change": [mlp({ dim: 4, hidden: "8" }), {}],
  "layers that are kept apart": [lightgcn({ dim: 4, layers: 2 }), {}],
  "histories": [sasrec({ dim: 4, length: 5 }), { alsoSeen: [since] }],
};

for (const [name, [backbone, options]] of Object.entries(cases)) {
  Deno.test(`ranking by ${name} comes out the same on one thread and on three, and follows the model`, async () => {
    const runtime = await openRuntime({ provider: "wasm", seed: 5 }), found: unknown[][] = [];
    const rankings = await Promise.all(
      [1, 3].map((workers) => fullRanking(runtime, backbone, seen, held, { metrics: METRICS, ...options, workers })),
    );
    for (const seed of [1, 2]) {
      const rng = new Rng(seed, "pool");
      await runtime.load(
        new Map([...await runtime.save()].map(([name, { shape, data }]) => [
          name,
          { shape, data: data.map(() => rng.normal()) },
        ])),
      );
      found.push(await Promise.all(rankings.map((ranking) => ranking.evaluate())));
    }
    for (const ranking of rankings) await ranking.dispose();
    await runtime.dispose();
    for (const [one, three] of found) assert.deepEqual(three, one);
    assert.notDeepEqual(found[0]![0], found[1]![0]);
  });
}
