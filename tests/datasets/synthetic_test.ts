import assert from "node:assert/strict";
import { type Affinity, trueAffinity } from "../../datasets/affinity.ts";
import { catalogue } from "../../datasets/catalogue.ts";
import { embeddedDataset } from "../../datasets/embedded.ts";
import { type Interactions, interactions } from "../../datasets/interactions.ts";
import type { Relation } from "../../datasets/metadata.ts";
import { profile } from "../../datasets/profile.ts";
import { synthetic } from "../../datasets/synthetic.ts";
import { synthesize } from "../../fixtures/synthesize.ts";

/** NDCG@20 on test of a ranking of the items that train does not show. */
function ndcg20(
  { train, test }: Awaited<ReturnType<typeof embeddedDataset>>,
  scoresOf: (user: number) => ArrayLike<number>,
): number {
  const seen = catalogue(train), truth = catalogue(test!), gain = (rank: number) => 1 / Math.log2(rank + 2);
  let total = 0, users = 0;
  for (let user = 0; user < truth.users; user++) {
    const wanted = truth.positives.subarray(truth.offsets[user], truth.offsets[user + 1]);
    if (wanted.length === 0) continue;
    const scores = Float64Array.from(scoresOf(user));
    for (const item of seen.positives.subarray(seen.offsets[user], seen.offsets[user + 1])) scores[item] = -Infinity;
    const ranking = Int32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]! || a - b).subarray(0, 20);
    const dcg = ranking.reduce((sum, item, rank) => sum + (wanted.includes(item) ? gain(rank) : 0), 0);
    const ideal = wanted.subarray(0, 20).reduce((sum, _, rank) => sum + gain(rank), 0);
    total += dcg / ideal;
    users++;
  }
  return total / users;
}

Deno.test("the script writes the embedded files again, byte for byte", async () => {
  let bytes = 0;
  for (const [name, text] of Object.entries(synthesize())) {
    const path = new URL(`../../fixtures/synthetic/${name}`, import.meta.url);
    assert(await Deno.readTextFile(path) === text, `${name} differs: run "deno run -A fixtures/synthesize.ts"`);
    bytes += text.length;
  }
  assert(bytes < 700_000);
});

Deno.test("the embedded dataset is what the script drew", async () => {
  const embedded = await embeddedDataset(), drawn = synthetic();
  assert.deepEqual(embedded.affinity, drawn.affinity);
  for (const part of ["train", "valid", "test"] as const) {
    const [found, expected] = [embedded, drawn].map((data) => {
      const { sequences: _inOrderOfRows, ...met } = catalogue(data[part]!);
      return met;
    });
    assert.deepEqual(found, expected);
  }
  assert.deepEqual([embedded.userIds.names.length, embedded.itemIds.names.length], [943, 1682]);
});

Deno.test("the embedded dataset can be had over HTTP, and a missing one says so", async () => {
  const server = Deno.serve({ port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith("/synthetic/")) return new Response("", { status: 404 });
    return new Response(await Deno.readFile(new URL(`../../fixtures${pathname}`, import.meta.url)));
  });
  const url = new URL(`http://localhost:${server.addr.port}/`);
  const { train } = await embeddedDataset(new URL("synthetic/", url));
  assert.equal(train.userCount, 943);
  await assert.rejects(embeddedDataset(new URL("none/", url)), /none\/.*": the server answers 404/);
  await server.shutdown();
});

Deno.test("on the embedded dataset the true affinity ranks far better than popularity", async () => {
  const dataset = await embeddedDataset(), { popularity } = catalogue(dataset.train);
  const best = ndcg20(dataset, (user) => trueAffinity(dataset.affinity, user)),
    popular = ndcg20(dataset, () => popularity);
  assert(Math.abs(best - 0.543) < 0.0005, `best possible NDCG@20 is ${best}`);
  assert(Math.abs(popular - 0.184) < 0.0005, `most popular has NDCG@20 ${popular}`);
});

Deno.test("popularity has a long tail: a tenth of the items holds over a third of the interactions", async () => {
  const { train, cohorts } = profile(await embeddedDataset());
  assert(train.rows > 60_000 && cohorts.head < 168 && cohorts.tail > 1682 / 2, JSON.stringify(cohorts));
});

Deno.test("affinities of a user who is not there, and clusters that are too few, are refused", () => {
  const none: Affinity = { scale: 1, exponent: 1, shift: 1, users: [], items: [] };
  assert.throws(() => trueAffinity(none, 0), /user 0: there are 0 users/);
  assert.throws(() => synthetic({ clusters: 1 }), /Cannot draw 1 clusters/);
});

/** The share of each user's pairs whose items' true utility is above the user's median. */
function aboveMedian(affinity: Affinity, { offsets, targets }: Relation): number {
  let above = 0;
  affinity.users.forEach((_, user) => {
    const utility = trueAffinity(affinity, user), median = utility.toSorted()[utility.length >> 1]!;
    for (const item of targets.subarray(offsets[user], offsets[user + 1])) if (utility[item]! > median) above++;
  });
  return above / targets.length;
}

Deno.test("views follow the utilities of the log but are drawn apart from it, and leave the log as it was", () => {
  const shape = { users: 200, items: 300, least: 5, median: 10, seed: 3 }, plain = synthetic(shape);
  const { metadata, train, test, affinity } = synthetic({ ...shape, views: 3 }), [views] = metadata!.behaviours!;
  assert.deepEqual([train, test, affinity], [plain.train, plain.test, plain.affinity]);
  const log = ["train", "valid", "test"].map((part) => plain[part as "train"]!.users.length).reduce((a, b) => a + b);
  assert(Math.abs(views!.targets.length / log - 3) < 0.3, `${views!.targets.length} views of ${log} interactions`);
  assert(aboveMedian(plain.affinity, views!) > 0.85);
  // were views drawn with the log, they would tell what is held out
  const of = (user: number) => views!.targets.subarray(views!.offsets[user], views!.offsets[user + 1]);
  const viewed = ({ users, items }: Interactions) =>
    users.filter((user, at) => of(user).includes(items[at]!)).length / users.length;
  const share = viewed(plain.test!), inTrain = viewed(plain.train);
  assert(share < 0.8 && Math.abs(share - inTrain) < 0.1, `viewed: ${share} of what is held out, ${inTrain} of train`);
});

Deno.test("in the source domain a share of the users has the taste that it has in the log", () => {
  const shape = { users: 100, items: 50, sourceItems: 80, sourceMedian: 20, least: 5, clusters: 5, seed: 8 };
  const drawn = [0, 1].map((agreement) => synthetic({ ...shape, agreement }));
  const [apart, same] = drawn.map(({ metadata }) => metadata!.source!);
  assert.deepEqual([same!.items, same!.offsets.length], [80, 101]);
  assert(same!.targets.some((item) => item >= 50));
  // users of the same first cluster meet the same items there where the taste is the same, and only there
  const { users } = drawn[0]!.affinity;
  const overlap = ({ offsets, targets }: Relation, alike: boolean) => {
    let common = 0, pairs = 0;
    for (let a = 0; a < 100; a++) {
      for (let b = a + 1; b < 100; b++) {
        if ((users[a]![0] === users[b]![0]) !== alike) continue;
        const of = new Set(targets.subarray(offsets[a], offsets[a + 1]));
        common += targets.subarray(offsets[b], offsets[b + 1]).filter((item) => of.has(item)).length;
        pairs++;
      }
    }
    return common / pairs;
  };
  assert(overlap(same!, true) > 1.2 * overlap(same!, false));
  assert(Math.abs(overlap(apart!, true) / overlap(apart!, false) - 1) < 0.1);
  assert.throws(() => synthetic({ ...shape, agreement: 1.5 }), /agreement of 1.5: it is a share/);
});

Deno.test("a profile counts what parts show, repeats, cold rows and the range of times", () => {
  const counts = { userCount: 3, itemCount: 4 };
  const train = interactions({ users: [0, 0, 1, 1], items: [0, 0, 0, 1], times: [4, 2, 9, 3], ...counts });
  const test = interactions({ users: [0, 2], items: [0, 3], ...counts });
  const ids = { names: [], indexOf: () => undefined };
  const found = profile({ name: "tiny", train, test, userIds: ids, itemIds: ids, notes: [] });
  assert.deepEqual(found.train, { rows: 4, users: 2, items: 2, repeats: 1, times: [2, 9] });
  assert.deepEqual(found.test, { rows: 2, users: 2, items: 2, repeats: 0, coldUser: 1, coldItem: 1, inTrain: 1 });
  assert.equal(found.density, 0.5);
  assert.deepEqual([found.perUser.least, found.perUser.most, found.perUser.mean], [1, 2, 1.5]);
});
