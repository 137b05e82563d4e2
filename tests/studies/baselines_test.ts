import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { type Interactions, interactions } from "../../datasets/interactions.ts";
import { synthetic } from "../../datasets/synthetic.ts";
import { joined } from "../../datasets/joined.ts";
import { ease } from "../../evaluation/ease.ts";
import { type Baseline, baselines, testBaseline } from "../../studies/baselines.ts";
import { heldIn, type Protocol, selectingOptions } from "../../studies/protocol.ts";
import { refitted, withoutValidation } from "../../studies/refitted.ts";

const data = synthetic({ users: 80, items: 120, median: 25, seed: 4 });
const seen = catalogue(data.train), held = { held: data.valid!, alsoSeen: [] };
const testing = { held: data.test!, alsoSeen: [data.valid!] };
const common = { data, catalogue: seen, selectBy: "ndcg@20", metrics: ["ndcg@20"], memory: 2 ** 20 };

const tuned = [
  {
    name: "item-knn",
    best: /^k=\d+, shrink=\d+, the best of 12 on validation$/,
    untuned: "k=100, shrink=100, untuned",
  },
  { name: "ease", best: /^l2=\d+, the best of 5 on validation$/, untuned: "l2=300, untuned" },
  { name: "ials", best: /^c0=[\d.]+, l2=[\d.]+, the best of 9 on validation$/, untuned: "c0=0.1, l2=2, untuned" },
] as const;

for (const { name, best, untuned } of tuned) {
  Deno.test(`${name} takes the options that are best on validation, and beats popularity`, async () => {
    const protocol: Protocol = { ...common, selecting: held, testing };
    const baseline = await baselines[name](protocol), popular = await baselines.popular(protocol);
    assert.match(baseline.chosen, best);
    const value = async ({ scoresOf }: Baseline) => (await testBaseline(protocol, scoresOf)).metrics["ndcg@20"]!;
    assert(await value(baseline) > 1.1 * await value(popular));
  });

  Deno.test(`${name} is never tuned on test`, async () => {
    const onTest = await baselines[name]({ ...common, selecting: testing, testing });
    const onNothing = await baselines[name]({ ...common, testing });
    assert.equal(onTest.chosen, untuned);
    assert.equal(onNothing.chosen, onTest.chosen);
  });
}

Deno.test("what is picked on validation is fitted to train and validation where models are trained anew", async () => {
  const picking: Protocol = { ...common, selecting: held, testing }, whole = refitted(picking);
  for (const name of ["popular", "item-knn", "ease"] as const) {
    const [alone, both] = [await baselines[name](picking), await baselines[name](picking, whole)];
    assert.equal(both.chosen, alone.chosen);
    assert.notDeepEqual(both.scoresOf(0), alone.scoresOf(0));
  }
  const { scoresOf } = await baselines.popular(picking, whole);
  assert.deepEqual(scoresOf(0), Float32Array.from(catalogue(joined(data.train, data.valid!)).popularity));
});

Deno.test("a protocol without test interactions says so", async () => {
  await assert.rejects(testBaseline(common, () => new Float32Array(120)), /the protocol has no test interactions/);
});

Deno.test("users who are not in train are scored by what they had met before", async () => {
  const log = (users: number[], items: number[]) => interactions({ users, items, userCount: 12, itemCount: 4 });
  // ten users met 0 with 1, or 2 with 3; user 10 had met 0 and user 11 had met 2
  const ten = [...Array(10).keys()];
  const train = log(ten.flatMap((user) => [user, user]), ten.flatMap((user) => user % 2 ? [2, 3] : [0, 1]));
  const before = { test: log([10, 11], [0, 2]) }, test = log([10, 11], [1, 3]);
  const protocol: Protocol = {
    ...common,
    data: { train, test, before },
    catalogue: catalogue(train),
    testing: { held: test, alsoSeen: [before.test] },
    metrics: ["hit@1"],
  };
  for (const name of ["item-knn", "ials", "ease"] as const) {
    const { scoresOf } = await baselines[name](protocol);
    assert.equal((await testBaseline(protocol, scoresOf)).metrics["hit@1"], 1, name);
  }
});

Deno.test("where validation tells no options apart the first are taken", async () => {
  const { chosen } = await baselines["item-knn"]({ ...common, selecting: held, selectBy: "hit@120" }); // all items
  assert.equal(chosen, "k=20, shrink=0, the best of 12 on validation");
});

Deno.test("users of validation are scored by what they had met before, and trained anew by what was held out, too", async () => {
  const log = (users: number[], items: number[]) => interactions({ users, items, userCount: 12, itemCount: 4 });
  const ten = [...Array(10).keys()];
  const train = log(ten.flatMap((user) => [user, user]), ten.flatMap((user) => user % 2 ? [2, 3] : [0, 1]));
  const before = { valid: log([10], [0]), test: log([11], [2]) }, valid = log([10], [1]), test = log([11], [3]);
  const data = { train, valid, test, before };
  const picking: Protocol = {
    ...{ ...common, data, catalogue: catalogue(train, { behaviours: [] }), selectBy: "hit@1", metrics: ["hit@1"] },
    selecting: heldIn(data, "valid")!,
    testing: heldIn(data, "test")!,
  };
  const whole = refitted(picking), all = joined(joined(train, before.valid), valid);
  for (const name of ["item-knn", "ease"] as const) {
    const scores = (await baselines[name](picking)).scoresOf(10);
    assert.equal(scores.indexOf(Math.max(...scores)), 1, name); // goes with 0, which was met before
  }
  const { chosen, scoresOf } = await baselines.ease(picking, whole), l2 = Number(/l2=(\d+)/.exec(chosen)![1]);
  const known = catalogue(joined(all, before.test));
  for (const user of [10, 11]) assert.deepEqual(scoresOf(user), ease(catalogue(all), { l2 }, known)(user));
  // what is known when test is ranked, beside train: what its users had met before; what was held out is in train
  assert.deepEqual(whole.testing, { held: test, alsoSeen: [before.test] });
  assert.equal(whole.catalogue.metadata, picking.catalogue.metadata);
  assert.equal(whole.selecting, undefined);
});

Deno.test("epochs are picked with metrics of all items alone: of some there may be none to select by", () => {
  const metrics = ["ndcg@20", "cold5/ndcg@20", "only-cold5/hit@20", "tail/ndcg@20", "recall@10"];
  assert.deepEqual(selectingOptions({ ...common, metrics }, held).metrics, ["ndcg@20", "recall@10"]);
  const bySome = { ...common, metrics, selectBy: "tail/ndcg@20" };
  assert.deepEqual(selectingOptions(bySome, held).metrics, ["ndcg@20", "recall@10", "tail/ndcg@20"]);
});

Deno.test("when a part is ranked, what its users had met before is known, and for test what was held out to select by", () => {
  const log = (user: number) => interactions({ users: [user], items: [0], userCount: 5, itemCount: 1 });
  const [train, valid, test, first, second] = [0, 1, 2, 3, 4].map(log) as [
    Interactions,
    Interactions,
    Interactions,
    Interactions,
    Interactions,
  ];
  const data = { train, valid, test, before: { valid: first, test: second } };
  assert.deepEqual(heldIn(data, "valid"), { held: valid, alsoSeen: [first] });
  assert.deepEqual(heldIn(data, "test"), { held: test, alsoSeen: [second, valid] });
  assert.deepEqual(heldIn({ train, valid, test }, "test"), { held: test, alsoSeen: [valid] });
  assert.deepEqual(heldIn(data, "test", { keepsValid: true }), { held: test, alsoSeen: [second], alsoRead: [valid] });
  assert.deepEqual(heldIn({ train, test }, "test", { keepsValid: true }), { held: test, alsoSeen: [] });
  assert.deepEqual(heldIn(data, "valid", { keepsValid: true }), { held: valid, alsoSeen: [first] });
  assert.equal(heldIn({ train }, "test"), undefined);
  // trained anew is on what picked the epoch and what its users had met before, but not on what is tested and before it
  const whole = withoutValidation(data);
  assert.deepEqual([...whole.train.users], [0, 3, 1]);
  assert.deepEqual([Object.keys(whole).sort(), whole.test, whole.before], [
    ["before", "test", "train"],
    test,
    { test: second },
  ]);
});
