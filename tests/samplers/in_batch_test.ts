import assert from "node:assert/strict";
import type { Batch } from "../../datasets/batching.ts";
import { streaming } from "../../samplers/frequencies.ts";
import { inBatch } from "../../samplers/in_batch.ts";
import { mixed } from "../../samplers/mixed.ts";
import type { Policy } from "../../samplers/sampler.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { assertLaw } from "./chi_square.ts";
import { batchOf, catalogueWhere, drawIn, opened, selector } from "./drawn.ts";

interface Fed {
  readonly ids: Int32Array;
  readonly kept: Uint8Array;
  readonly logQ: Float32Array;
  readonly positiveLogQ: Float32Array;
}
/** User 0 has met 0 and 1, user 1 item 1, user 2 items 2 and 3, user 3 item 0: popularity 2, 2, 1, 1. */
const MET = [[0, 1], [1], [2, 3], [0]], of = catalogueWhere(MET, 5);
const batch: Batch = {
  rows: 5,
  first: 0,
  users: Int32Array.of(0, 1, 2, 3, 0),
  positives: Int32Array.of(0, 1, 2, 0, 1),
};
const propose = async (policy: Policy, what = batch, catalogue = of) =>
  await opened(policy, catalogue, what.users.length).propose(what, drawIn(catalogue)) as unknown as Fed;
const rowsOf = (kept: Uint8Array, width: number) =>
  Array.from({ length: kept.length / width }, (_, row) => [...kept.subarray(row * width, (row + 1) * width)].join(""));
const near = (found: number, wanted: number) => assert(Math.abs(found - wanted) < 1e-6, `${found} is not ${wanted}`);

Deno.test("columns are the batch's positives; a row keeps those that its user has not met", async () => {
  const { ids, kept } = await propose(inBatch());
  assert.deepEqual(ids, batch.positives);
  assert.deepEqual(rowsOf(kept, 5), ["00100", "10110", "11011", "01101", "00100"]);
});

Deno.test("a row can leave out its own positive alone, in every column that has it", async () => {
  const { kept } = await propose(inBatch({ hits: "positive" }));
  assert.deepEqual(rowsOf(kept, 5), ["01101", "10110", "11011", "01101", "10110"]);
});

Deno.test("padding is no column", async () => {
  const { kept, positiveLogQ } = await propose(inBatch({ hits: "positive" }), { ...batch, rows: 3 });
  assert.deepEqual(rowsOf(kept, 5).slice(0, 3), ["01100", "10100", "11000"]);
  near(positiveLogQ[0]!, Math.log(1 / 3)); // item 0 is in one column, not in two
});

Deno.test("a column's probability is its item's share of the interactions, and a positive stands for its columns", async () => {
  const { logQ, positiveLogQ } = await propose(inBatch());
  [2, 2, 1, 2, 2].forEach((count, at) => near(logQ[at]!, Math.log(count / 6)));
  [2, 2, 1, 2, 2].forEach((columns, at) => near(positiveLogQ[at]!, logQ[at]! - Math.log(columns)));
});

eachProvider("the loss is told log q of both sides, of the negatives alone, or of none", async (runtime) => {
  const given = async (correct: "both" | "negatives" | "none") => {
    const policy = inBatch({ correct }),
      select = await selector(runtime, policy, of, 5, { users: batch.users.slice() });
    return await select(await propose(policy) as never, new Float32Array(5));
  };
  const { ids, mask, logQ } = await given("both");
  assert.deepEqual([[...ids], mask.length, logQ.length], [[0, 1, 2, 0, 1], 25, 5]);
  near((await given("negatives")).logQ[2]!, Math.log(1 / 6));
  assert.equal((await given("none")).logQ, undefined);
});

Deno.test("with log q the softmax over a batch in proportion to popularity is that over the catalogue", async () => {
  // 10 rows of as many users who have met one item each: popularity 4, 3, 2, 1
  const items = [0, 0, 0, 0, 1, 1, 1, 2, 2, 3], all = catalogueWhere(items.map((item) => [item]), 4);
  const rows: Batch = { rows: 10, first: 0, users: Int32Array.from(items.keys()), positives: Int32Array.from(items) };
  const scores = [0.3, -1, 0.7, 2], total = scores.reduce((sum, s) => sum + Math.exp(s), 0);
  const { ids, kept, logQ, positiveLogQ } = await propose(inBatch(), rows, all);
  /** The gradient of -log softmax of row `row` with respect to the score of each item. */
  const gradient = (row: number, corrects: boolean) => {
    const minus = (logQ: number) => corrects ? logQ : 0, positive = items[row]!, mass = new Array<number>(4).fill(0);
    mass[positive]! += Math.exp(scores[positive]! - minus(positiveLogQ[row]!));
    ids.forEach((item, at) => mass[item]! += kept[row * 10 + at]! * Math.exp(scores[item]! - minus(logQ[at]!)));
    const sum = mass.reduce((a, b) => a + b, 0);
    return mass.map((m, item) => m / sum - (item === positive ? 1 : 0));
  };
  for (const row of [0, 5, 8, 9]) {
    const wanted = scores.map((s, item) => Math.exp(s) / total - (item === items[row] ? 1 : 0));
    gradient(row, true).forEach((found, item) => near(found, wanted[item]!));
    assert(gradient(row, false).some((found, item) => Math.abs(found - wanted[item]!) > 0.02), "without it, it is not");
  }
});

Deno.test("over all batches a row's positive counts 1 + 1 / ((B - 1) q) times what another item does", async () => {
  // as above; row 0 has item 0, of probability .4, and each of the 100 pairs of users is as likely beside it
  const items = [0, 0, 0, 0, 1, 1, 1, 2, 2, 3],
    all = catalogueWhere(items.map((item) => [item]), 4),
    mean = [0, 0, 0, 0];
  for (const second of items.keys()) {
    for (const third of items.keys()) {
      const users = Int32Array.of(0, second, third), positives = users.map((user) => items[user]!);
      const { ids, kept, logQ, positiveLogQ } = await propose(inBatch(), { rows: 3, first: 0, users, positives }, all);
      mean[0]! += Math.exp(-positiveLogQ[0]!) / 100;
      ids.forEach((item, column) => mean[item]! += kept[column]! * Math.exp(-logQ[column]!) / 100);
    }
  }
  near(mean[0]!, 2 * (1 + 1 / (2 * 0.4)));
  for (const item of [1, 2, 3]) near(mean[item]!, 2);
});

Deno.test("negatives of a row are drawn without replacement, by how often the others have them", async () => {
  const ROWS = 8, users = Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7), positives = Int32Array.of(0, 1, 1, 1, 2, 2, 3, 0);
  const others = catalogueWhere([[0, 4], ...[1, 1, 1, 2, 2, 3, 0].map((item) => [item])], 5);
  const first: number[] = [], second: number[] = [], sampler = opened(inBatch({ negatives: 6 }), others, ROWS);
  for (let at = 0; at < 4000; at++) {
    const what = { rows: ROWS, first: at * ROWS, users, positives };
    const { ids, kept } = await sampler.propose(what, drawIn(others)) as unknown as Fed;
    const own = ids.subarray(0, 6);
    assert.deepEqual([...own].sort(), [1, 1, 1, 2, 2, 3], "each of the other rows' once");
    assert.deepEqual([...kept.subarray(0, 6)], [1, 1, 1, 1, 1, 1]);
    first.push(own[0]!);
    if (own[0] === 3) second.push(own[1]!);
  }
  assertLaw(first, [0, 3 / 6, 2 / 6, 1 / 6, 0]); // 2 degrees of freedom
  assertLaw(second, [0, 3 / 5, 2 / 5, 0, 0]); // 1 degree of freedom
});

Deno.test("where the batch has fewer than are asked for the rest is masked, and padding is not drawn", async () => {
  const { ids, kept } = await propose(inBatch({ negatives: 4 }), { ...batch, rows: 4 });
  assert.deepEqual(rowsOf(kept, 4).slice(0, 4), ["1000", "1110", "1110", "1100"]);
  const drawn = (row: number) => [...ids.subarray(row * 4, row * 4 + 4)].filter((_, at) => kept[row * 4 + at]).sort();
  assert.deepEqual([0, 1, 2, 3].map(drawn), [[2], [0, 0, 2], [0, 0, 1], [1, 2]]);
  const own = await propose(inBatch({ negatives: 2, hits: "positive" }));
  assert.equal(own.kept.filter((k) => k === 0).length, 0);
  near(own.logQ[0]!, Math.log(of.popularity[own.ids[0]!]! / 6));
  near(own.positiveLogQ[2]!, Math.log(1 / 6));
});

Deno.test("a row keeps no column of its own positive, though the run excludes nothing", async () => {
  const nothing = catalogueWhere([[], [], [], []], 5), draw = drawIn(of, { excluded: nothing });
  for (const policy of [inBatch(), inBatch({ columns: 4 }), inBatch({ negatives: 4 }), mixed({ uniform: 9 })]) {
    const { ids, kept } = await opened(policy, of, 5, 10, nothing).propose(batch, draw) as unknown as Fed;
    const width = kept.length / 5, shared = ids.length === width;
    kept.forEach((keeps, at) => {
      const row = Math.floor(at / width), item = ids[shared ? at % width : at];
      assert.equal(keeps, item === batch.positives[row] ? 0 : 1, `row ${row}: item ${item}`);
    });
  }
});

Deno.test("streaming frequencies follow Algorithm 2: gaps between batches move by the rate", async () => {
  const sampler = opened(inBatch({ frequency: "streaming", rate: 0.25 }), of, 2);
  const q = async (...positives: number[]) => {
    const what = { ...batchOf(1, 2), positives: Int32Array.from(positives) };
    const { logQ } = await sampler.propose(what, drawIn(of)) as unknown as Fed;
    return [...logQ].map(Math.exp);
  };
  near((await q(0, 0))[0]!, 1 / 2); // first seen at step 1, a gap of 1: in each batch, a row in two
  await q(2, 2);
  const [again, fresh] = await q(0, 3);
  near(again!, 1 / (2 * 1.25)); // 0.75 x 1 + 0.25 x 2 steps
  near(fresh!, 1 / (2 * 3)); // first seen at step 3
  assert.deepEqual(sampler.state!.step, Int32Array.of(3));
});

Deno.test("streaming frequencies after more steps than float32 counts are those of before", () => {
  const law = streaming(of, 0.5, 4), { step, last } = law.state!;
  const see = (batches: number) => { // item 0 in each batch, item 1 in every fourth
    for (let at = 0; at < batches; at++) {
      law.see({ ...batchOf(1, 4), positives: Int32Array.of(0, 0, 0, at % 4 ? 0 : 1) });
    }
    return [0, 1].map((item) => law.q(item));
  };
  const before = see(80);
  step![0]! += 2 ** 24;
  [0, 1].forEach((item) => last![item]! += 2 ** 24);
  see(80).forEach((q, item) => near(q, before[item]!));
});

Deno.test("a sampler given the state of another goes on with its streaming frequencies", async () => {
  const policy = inBatch({ frequency: "streaming", negatives: 2 }),
    one = opened(policy, of, 5),
    other = opened(policy, of, 5);
  const next = (sampler: typeof one) => sampler.propose(batch, drawIn(of));
  await one.propose({ ...batch, positives: new Int32Array(5).fill(2) }, drawIn(of));
  assert.notDeepEqual(await next(one), await next(other));
  for (const [name, kept] of Object.entries(one.state!)) other.state![name]!.set(kept);
  assert.deepEqual(await next(other), await next(one));
});

Deno.test("with columns the rows share that many positives of the batch, and a positive in none of them stands for one", async () => {
  const first: number[] = [], sampler = opened(inBatch({ columns: 2 }), of, 5);
  for (let at = 0; at < 2000; at++) {
    const what = { ...batch, first: 5 * at };
    const { ids, kept, logQ, positiveLogQ } = await sampler.propose(what, drawIn(of)) as unknown as Fed;
    assert.deepEqual([ids.length, kept.length], [2, 10]);
    first.push(ids[0]!);
    ids.forEach((item, column) => {
      near(logQ[column]!, Math.log([2, 2, 1, 1][item]! / 6));
      batch.users.forEach((user, row) => assert.equal(kept[2 * row + column], MET[user]!.includes(item) ? 0 : 1));
    });
    const times = Math.max(1, ids.filter((item) => item === 2).length); // item 2 is the positive of row 2
    near(positiveLogQ[2]!, Math.log(1 / 6 / times));
    if (ids[0] === ids[1]) near(positiveLogQ[batch.positives.indexOf(ids[0]!)]!, logQ[0]! - Math.log(2));
  }
  assertLaw(first, [2 / 5, 2 / 5, 1 / 5, 0, 0]); // as often as the batch has them
});

Deno.test("as many columns as rows are all of them, and a batch that is not full masks what is beyond", async () => {
  assert.deepEqual(await propose(inBatch({ columns: 5 })), await propose(inBatch()));
  const { kept } = await propose(inBatch({ columns: 4, hits: "positive" }), { ...batch, rows: 2 });
  assert.deepEqual([0, 1].map((row) => [...kept.subarray(4 * row, 4 * row + 4)].filter(Boolean).length), [1, 1]);
  assert.throws(() => inBatch({ columns: 4, negatives: 2 }), /a row draws its own, or shares columns/);
});

Deno.test("the last, short batch of an epoch leaves streaming probabilities as the full ones made them", () => {
  const law = streaming(of, 0.5, 4),
    batch = (positives: readonly number[]) => ({
      ...{ rows: positives.length, first: 0, users: new Int32Array(positives.length) },
      positives: Int32Array.from(positives),
    });
  for (let step = 0; step < 3; step++) law.see(batch([0, 1, 2, 3]));
  assert.deepEqual([0, 1].map((item) => law.q(item)), [1 / 4, 1 / 4]);
  law.see(batch([0]));
  assert.deepEqual([0, 1].map((item) => law.q(item)), [1 / 4, 1 / 4]);
});
