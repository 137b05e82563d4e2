import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { type Interactions, interactions } from "../../datasets/interactions.ts";
import { SeenItems } from "../../datasets/negatives.ts";
import { Diversity } from "../../training/diversity.ts";
import type { NegativesReport } from "../../training/negatives_report.ts";
import { NearestItems } from "../../training/nearest_items.ts";
import { Quantiles } from "../../training/quantiles.ts";
import { ScoreBins } from "../../training/score_bins.ts";
import { openWatch } from "../../training/watch.ts";
import type { Watched } from "../../training/watched.ts";
import { samplers } from "../../samplers/mod.ts";
import type { Policy, Probe } from "../../samplers/sampler.ts";
import { stubProbe } from "../samplers/drawn.ts";
import { smallLog, smallRun } from "./small_run.ts";

const near = (found: number | null | undefined, wanted: number) =>
  assert(Math.abs(found! - wanted) < 1e-6, `${found}, not ${wanted}`);

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

Deno.test("what a step's negatives were, by hand", async () => {
  // items 0 .. 4 have 3, 2, 2, 1 and 0 interactions: the head is empty, items 0 and 1 are mid, the rest tail
  const train = interactions({
    users: [0, 1, 2, 0, 1, 0, 2, 1],
    items: [0, 0, 0, 1, 1, 2, 2, 3],
    userCount: 3,
    itemCount: 5,
  });
  const held = interactions({ users: [0, 0, 1], items: [3, 4, 4], userCount: 3, itemCount: 5 });
  const watched: Watched = { outputs: {}, rows: 2, width: 2, sources: 2, vector: 0 };
  const watch = openWatch(catalogue(train), watched, 1, [held], new SeenItems(catalogue(train)));
  const outputs = {
    "negatives/positive": Float32Array.of(2, -1),
    "negatives/negative": Float32Array.of(1, -8, 0, 5),
    "negatives/ids": Int32Array.of(3, 4, 4, 2),
    "negatives/mask": Float32Array.of(1, 1, 1, 0),
  };
  watch.see(outputs, { rows: 2, first: 0, users: Int32Array.of(0, 1), positives: Int32Array.of(0, 1) });
  const { pairs, hardness, byPositive, zeroGradient, gradient, cosineDistance, items } =
    (await watch.report(stubProbe((_, item) => item - 3.5)))!;
  assert.equal(pairs, 3); // the masked one is none
  near(hardness.mean, (0.5 - 4) / 2);
  near(hardness.median, 0.5); // the upper of two
  near(hardness.skipped, 1 / 3); // the positive that scores -1
  assert.equal(byPositive, null); // three pairs make no bins
  near(zeroGradient, 1 / 3); // sigmoid(-10)
  near(gradient, (sigmoid(-1) + sigmoid(-10) + sigmoid(1)) / 3);
  near(cosineDistance, 2); // user 0's items 3 and 4 lie on either side of 0; user 1 has one
  near(items!.falseNegatives!.rate, 1); // items 3 and 4 are held out for user 0, 4 for user 1
  near(items!.falseNegatives!.base, (2 / 2 + 2 / 2 + 1 / 2) / 3);
  near(items!.cosineDistance, 2); // the same: they are items
  near(items!.popularity, 1 / 3);
  near(items!.tail, 1);
  near(items!.unique, 2 / 3);
  assert.equal(await watch.report(stubProbe(() => 0)), undefined);
});

Deno.test("a thousandth is the least gradient that teaches, and the least score of a positive that has a hardness", async () => {
  const log = interactions({ users: [0], items: [0], userCount: 1, itemCount: 2 });
  const watched: Watched = { outputs: {}, rows: 4, width: 1, sources: 0, vector: 0 };
  const watch = openWatch(catalogue(log), watched, 1, [], new SeenItems(catalogue(log)));
  const outputs = {
    "negatives/positive": Float32Array.of(7, 6.9, 0.0011, 0.0009),
    "negatives/negative": Float32Array.of(0, 0, 0, 0), // sigmoid(-7) is .00091, sigmoid(-6.9) .00101
  };
  watch.see(outputs, { rows: 4, first: 0, users: new Int32Array(4), positives: new Int32Array(4) });
  const { zeroGradient, hardness } = (await watch.report(stubProbe(() => 0)))!;
  assert.deepEqual([zeroGradient, hardness.skipped], [1 / 4, 1 / 4]);
});

Deno.test("pairs with a score that is not finite are counted, and left out of hardness and of its bins", async () => {
  const log = interactions({ users: [0], items: [0], userCount: 1, itemCount: 2 }), rows = 20;
  const watched: Watched = { outputs: {}, rows, width: 1, sources: 0, vector: 0 };
  const watch = openWatch(catalogue(log), watched, 1, [], new SeenItems(catalogue(log)));
  const negative = new Float32Array(rows).fill(1);
  negative.set([-Infinity, Infinity, NaN]);
  const outputs = { "negatives/positive": new Float32Array(rows).fill(2), "negatives/negative": negative };
  outputs["negatives/positive"][3] = Infinity;
  watch.see(outputs, { rows, first: 0, users: new Int32Array(rows), positives: new Int32Array(rows) });
  const { nonFinite, hardness, byPositive, pairs } = (await watch.report(stubProbe(() => 0)))!;
  assert.deepEqual([pairs, nonFinite, hardness], [rows, 4 / rows, { mean: 0.5, median: 0.5, skipped: 4 / rows }]);
  assert.deepEqual([...byPositive!.negative, ...byPositive!.low], new Array(32).fill(1));
});

Deno.test("where no candidate has a finite score the negative has none either, and the report says how often", async () => {
  const pairs = 12, users = [...Array(pairs).keys()];
  const data = interactions({ users, items: users.map((user) => user % 2), userCount: pairs, itemCount: 6 });
  // s = -1e60 is -Infinity: of item 2 alone for dns:pool=1, which draws it as often as any other
  const vector = (x: number) => [x, 1, 0, 0];
  const initial = new Map([
    ["user", { shape: [pairs, 4], data: Float32Array.from(users.flatMap(() => vector(1e30))) }],
    ["item", { shape: [6, 4], data: Float32Array.from([0, 0, -1e30, 0, 0, 0].flatMap(vector)) }],
  ]);
  const at = async (sampler: Policy) => {
    const { reports, error } = await smallRun({
      data,
      sampler,
      initial,
      l2: 0,
      diagnose: true,
      epochs: 1,
      batchSize: 600,
    });
    assert.equal(error, undefined);
    return reports[0]!.negatives!;
  };
  const one = await at(samplers.dns({ pool: 1, negatives: 100 })), best = await at(samplers.dns({ pool: 100 }));
  assert(Math.abs(one.nonFinite - 1 / 5) < 4 * Math.sqrt(0.2 * 0.8 / (100 * pairs)), `${one.nonFinite}`);
  assert.deepEqual([best.nonFinite, Number.isFinite(one.hardness.mean)], [0, true]);
});

Deno.test("by chance as many are false as of the items that may be drawn are held out: each once, and none that is met", async () => {
  const log = (items: readonly number[]) =>
    interactions({ users: items.map(() => 0), items, userCount: 1, itemCount: 6 });
  const train = log([0, 1]), parts = [log([1, 2, 3]), log([3, 4])], of = catalogue(train);
  const baseOf = async (met: Interactions) => {
    const watched: Watched = { outputs: {}, rows: 1, width: 1, sources: 1, vector: 0 };
    const watch = openWatch(of, watched, 1, parts, new SeenItems(catalogue(met)));
    const outputs = { "negatives/positive": [1], "negatives/negative": [0] } as unknown as Record<string, Float32Array>;
    watch.see({ ...outputs, "negatives/ids": Int32Array.of(5) }, {
      ...{ rows: 1, first: 0 },
      ...{ users: Int32Array.of(0), positives: Int32Array.of(0) },
    });
    return (await watch.report(stubProbe(() => 0)))!.items!.falseNegatives!.base;
  };
  near(await baseOf(train), 3 / 4); // of 2, 3, 4 and 5 three are held out
  near(await baseOf(log([0, 1, 2, 3])), 1 / 2); // excluded, too
  near(await baseOf(log([])), 4 / 6);
});

Deno.test("negatives are told by the score of their positive, in bins of as many pairs, however many there are", () => {
  const bins = new ScoreBins(2 ** 17); // of these every eighth is kept
  for (let at = 0; at < 2 ** 17; at++) {
    const positive = at % 2 ** 10; // each 128 times, 16 of them kept where it is a multiple of 8
    bins.see(positive, positive < 512 ? 1 : at < 2 ** 16 ? 3 : 5);
  }
  const { positive, negative, low, high } = bins.report()!;
  assert.deepEqual([positive.length, positive[0], positive[15]], [16, 28, 988]); // 0, 8 .. 56, and 960 .. 1016
  assert.deepEqual([negative[0], low[0], high[0]], [1, 1, 1]);
  assert.deepEqual([negative[15], low[15], high[15]], [4, 3, 5]);
  const eights = new ScoreBins(128); // 0 to 7 in each bin
  for (let at = 0; at < 128; at++) eights.see(Math.floor(at / 8), (at * 5) % 8);
  const found = eights.report()!;
  assert.deepEqual([found.low, found.high], [Array(16).fill(2), Array(16).fill(6)]);
});

Deno.test("a quantile is the share of the unseen items that score lower, ties half", async () => {
  // 1,000 items, of which user u has met the first 100 u; scores fall with the item, and of the last 100 they are equal
  const users = 3, items = 1000, met = Array.from({ length: users }, (_, user) => 100 * user);
  const seen = new SeenItems(catalogue(interactions({
    users: met.flatMap((count, user) => new Array<number>(count).fill(user)),
    items: met.flatMap((count) => Array.from({ length: count }, (_, item) => item)),
    ...{ userCount: users, itemCount: items },
  })));
  const probe = stubProbe((_, item) => -Math.min(item, 900));
  const of = async (user: number, item: number) => {
    const quantiles = new Quantiles(seen, 100);
    for (let pair = 0; pair < 100; pair++) quantiles.see(user, item);
    return (await quantiles.mean(probe))!;
  };
  const close = (found: number, wanted: number) => assert(Math.abs(found - wanted) < 0.03, `${found}, not ${wanted}`);
  close(await of(0, 250), 0.75);
  close(await of(1, 100), 1);
  close(await of(2, 600), 400 / 800);
  close(await of(2, 950), 50 / 800);
  const met0 = new Quantiles(seen, 1); // of an item that is none of the unseen: it is not ranked among itself
  met0.see(2, 0);
  assert.deepEqual([await met0.mean(probe), await met0.mean(stubProbe((_, item) => item))], [1, 0]);
  assert.equal(await new Quantiles(seen, 10).mean(probe), null);
});

Deno.test("of many pairs a quantile looks at some, from the whole epoch", async () => {
  const seen = new SeenItems(catalogue(interactions({ users: [0], items: [0], userCount: 1, itemCount: 1001 })));
  let asked = 0;
  const scored = stubProbe((_, item) => item), quantiles = new Quantiles(seen, 10_000);
  for (let pair = 0; pair < 10_000; pair++) quantiles.see(0, 1 + pair / 10);
  const found = await quantiles.mean({
    ...scored,
    score: (users, candidates) => (asked = users.length, scored.score(users, candidates)),
  });
  assert.equal(asked, 250);
  assert(Math.abs(found! - 0.5) < 0.03, `${found}`);
});

Deno.test("diversity is the mean over users of the mean over pairs, of vectors as of items", async () => {
  const vectors = [[1, 0], [0, 2], [-3, 0], [0, 0]], diversity = new Diversity(2, 2);
  vectors.forEach((vector) => diversity.vector(0, Float32Array.from(vector)));
  near(await diversity.mean(stubProbe(() => 0)), (1 + 2 + 1 + 1 + 1 + 1) / 6);
  [[1, 0], [1, 0]].forEach((vector) => diversity.vector(1, Float32Array.from(vector)));
  near(await diversity.mean(stubProbe(() => 0)), (7 / 6 + 0) / 2);
  assert.equal(await new Diversity(2, 0).mean(stubProbe(() => 0)), null);
  const alone = new Diversity(2, 2); // a user of one negative has no pair
  for (const [user, vector] of [[0, [1, 0]], [0, [0, 1]], [1, [1, 0]]] as const) {
    const given = Float32Array.from(vector);
    alone.vector(user, given);
    given.fill(7); // what is given may be another's by then
  }
  assert.equal(await alone.mean(stubProbe(() => 0)), 1);
  for (const [users, looked] of [[1023, 1], [1024, null]] as const) { // every n-th user, of at least 512
    const some = new Diversity(users, 2);
    for (const vector of [[1, 0], [0, 1]]) some.vector(1, Float32Array.from(vector));
    assert.equal(await some.mean(stubProbe(() => 0)), looked);
  }
  const many = new Diversity(1, 2); // 64 negatives of a user, and no more
  for (let at = 0; at < 64; at++) many.vector(0, Float32Array.of(1, 0));
  many.vector(0, Float32Array.of(0, 1));
  assert.equal(await many.mean(stubProbe(() => 0)), 0);
});

Deno.test("vectors that point one way are 0 apart, never less, whatever rounding makes of them", async () => {
  for (let x = 1; x < 50; x++) {
    const diversity = new Diversity(1, 3);
    for (let copy = 0; copy < 3; copy++) diversity.vector(0, Float32Array.of(x / 7, 0.3, -1.7));
    const distance = (await diversity.mean(stubProbe(() => 0)))!;
    assert(distance >= 0 && distance < 1e-12, `${distance}`);
  }
});

async function reportsOf(
  sampler: Policy,
  heldOut: readonly Interactions[] = [smallLog().held],
): Promise<NegativesReport[]> {
  const { reports, error } = await smallRun({ sampler, diagnose: true, heldOut, epochs: 12 });
  assert.equal(error, undefined);
  return reports.map((report) => report.negatives!);
}

Deno.test("in training, dynamic negatives are harder than uniform ones; both are false negatives at a known rate", async () => {
  const uniform = await reportsOf(samplers.rns()), hard = await reportsOf(samplers.dns({ pool: 8 }));
  const last = uniform.at(-1)!, hardest = hard.at(-1)!, { train } = smallLog();
  assert.equal(last.pairs, train.users.length);
  assert(
    hardest.hardness.median! > last.hardness.median!,
    `${hardest.hardness.median} against ${last.hardness.median}`,
  );
  assert(hardest.zeroGradient <= last.zeroGradient && hardest.gradient > last.gradient);
  const rates = uniform.map(({ items }) => items!.falseNegatives!),
    mean = (xs: readonly number[]) => xs.reduce((a, b) => a + b) / xs.length;
  const rate = mean(rates.map(({ rate }) => rate)), base = mean(rates.map(({ base }) => base));
  assert(Math.abs(rate / base - 1) < 0.25, `${rate} of uniform negatives are false, ${base} were to be expected`);
  const quantile = mean(uniform.map(({ items }) => items!.quantile!));
  assert(Math.abs(quantile - 0.5) < 0.05 && hardest.items!.quantile! > 0.7, `${quantile}, ${hardest.items!.quantile}`);
  const { head, mid, tail } = last.items!;
  near(head + mid + tail, 1);
  assert(last.cosineDistance! > 0 && last.cosineDistance! < 2);
  assert.equal((await reportsOf(samplers.rns(), []))[0]!.items!.falseNegatives, null);
});

Deno.test("negatives that were made are told apart by their vectors, and by what they were made of", async () => {
  const report = (await reportsOf(samplers.mixgcf({ pool: 8 }))).at(-1)!;
  const { cosineDistance, popularity } = report.items!;
  assert(report.cosineDistance! > 0 && cosineDistance! > 0 && cosineDistance !== report.cosineDistance);
  assert(popularity > 0);
});

Deno.test("vectors that were made of no items are told by the items they come closest to", async () => {
  const [aside, close, both] = [[3, 1], [0.1, 0], [1, 1]];
  const items = Float32Array.of(0, 2, /* 1 */ 5, 0.5, /* 2 */ 1, 0.9, /* 3 */ 0, 0);
  const probe: Probe = { ...stubProbe(() => 0), points: () => Promise.resolve({ layers: 1, width: 2, data: items }) };
  const nearest = new NearestItems(4, 3);
  [[7, aside], [8, close], [9, both], [7, [-1, -1]]].forEach(([user, vector]) =>
    nearest.see(user as number, Float32Array.from(vector as number[]))
  );
  assert.deepEqual(await nearest.find(probe), [
    { user: 7, item: 1 },
    { user: 8, item: 1 },
    { user: 9, item: 2 },
    { user: 7, item: 3 }, // at a right angle, where all others lie behind
  ]);
  const many = new NearestItems(4, 2560);
  for (let n = 0; n < 2560; n++) many.see(n, Float32Array.of(1, 0));
  const found = await many.find(probe);
  assert.deepEqual([found.length, found[1]], [256, { user: 10, item: 1 }]);
  const { items: told } = (await reportsOf(samplers["embedding-generator"]())).at(-1)!;
  assert(told!.popularity > 0 && told!.quantile! > 0 && told!.falseNegatives!.base > 0);
  near(told!.head + told!.mid + told!.tail, 1);
});

Deno.test("looking changes nothing: the same losses with and without", async () => {
  const [with_, without] = [await smallRun({ diagnose: true }), await smallRun({ diagnose: false })];
  assert.deepEqual(with_.reports.map(({ loss }) => loss), without.reports.map(({ loss }) => loss));
});

Deno.test("the item that a made negative comes closest to is by cosine, of equal ones the first, and of it as it was", async () => {
  const items = [[2, 0], [0, 1], [0, 3], [0, 0]], nearest = new NearestItems(4, 2), given = Float32Array.of(0, 5);
  nearest.see(7, given);
  given.set([1, 0]); // what is given may be another's by then
  const points = { layers: 1, width: 2, data: Float32Array.from(items.flat()) };
  const probe = { ...stubProbe(() => 0), points: () => Promise.resolve(points) };
  assert.deepEqual(await nearest.find(probe), [{ user: 7, item: 1 }]);
});
