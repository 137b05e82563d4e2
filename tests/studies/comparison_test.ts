import assert from "node:assert/strict";
import { compared, compareToFirst, type Contender } from "../../studies/comparison.ts";

/** A contender whose users' values under each seed are given; its metric is their mean. */
const contender = (label: string, bySeed: Readonly<Record<number, readonly number[]>>): Contender => ({
  label,
  results: new Map(
    Object.entries(bySeed).map(([seed, users]) => [
      Number(seed),
      { metrics: { "hit@1": users.reduce((a, b) => a + b, 0) / users.length }, perUser: { "hit@1": users } },
    ]),
  ),
});

Deno.test("means, spread, differences and both tests are those of the seeds that two methods share", () => {
  const [first, second] = compareToFirst([
    contender("a", { 2: [0.5, 0.5], 0: [0.25, 0.25], 1: [0.25, 0.75] }),
    contender("b", { 0: [0.5, 0.5], 2: [1, 0.5], 3: [0, 0] }),
  ], ["hit@1"]);
  assert.deepEqual(first!.seeds, [0, 1, 2]);
  assert.deepEqual(first!.cells!["hit@1"]!.values, [0.25, 0.5, 0.5]);
  assert.equal(first!.cells!["hit@1"]!.against, null);
  const { mean, against } = second!.cells!["hit@1"]!;
  assert.equal(mean, 1.25 / 3);
  assert.deepEqual([against!.difference, against!.percent], [0.25, 100 * 0.25 / 0.375]); // seeds 0 and 2
  assert.deepEqual([against!.overSeeds.n, against!.overSeeds.p], [2, null]); // .25 both: no spread, no t
  assert.deepEqual([against!.overUsers!.n, against!.overUsers!.w], [2, 3]); // .75 against .375, .5 against .375
});

Deno.test("a user whose values are the same in another order of seeds does not differ", () => {
  const [, second] = compareToFirst([
    contender("a", { 0: [0.1, 0], 1: [0.2, 0], 2: [0.3, 0] }),
    contender("b", { 0: [0.3, 1], 1: [0.2, 1], 2: [0.1, 1] }),
  ], ["hit@1"]);
  assert.notEqual(0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1);
  assert.equal(second!.cells!["hit@1"]!.against!.overUsers!.n, 1);
});

Deno.test("users who differ by as much share their rank, whatever rounding makes of it, in float32, too", () => {
  const values = (of: readonly number[]) => Float32Array.from(of) as unknown as readonly number[];
  const [, second] = compareToFirst([
    contender("a", { 0: values([0.1, 0.2, 0.4, 0.9]) }),
    contender("b", { 0: values([0.2, 0.3, 0.5, 0.8]) }),
  ], ["hit@1"]);
  assert.equal(new Set(values([0.2, 0.3, 0.5]).map((x, user) => x - values([0.1, 0.2, 0.4])[user]!)).size, 3);
  assert.deepEqual(second!.cells!["hit@1"]!.against!.overUsers!.w, 3 * 2.5); // all four are .1, at rank 2.5
});

Deno.test("p-values are corrected for as many comparisons as there are, and for each metric and test by itself", () => {
  const users = (value: number) => Array.from({ length: 8 }, (_, user) => value + user / 100);
  const rows = compareToFirst([
    contender("a", { 0: users(0) }),
    contender("b", { 0: users(0.1) }),
    contender("c", { 0: users(0.2) }),
    contender("none", {}),
  ], ["hit@1"]);
  const tests = rows.slice(1, 3).map(({ cells }) => cells!["hit@1"]!.against!.overUsers!);
  assert.deepEqual(tests.map(({ p }) => p), [2 / 256, 2 / 256]);
  assert.deepEqual(tests.map(({ holm }) => holm), [4 / 256, 4 / 256]);
  assert.equal(rows[3]!.cells, null);
});

Deno.test("a metric that is no mean over users is tested over seeds alone", () => {
  const balanced = (label: string, values: readonly number[]): Contender => ({
    label,
    results: new Map(values.map((value, seed) => [seed, { metrics: { "balance@5": value }, perUser: {} }])),
  });
  const [, second] = compareToFirst([balanced("a", [0.5, 0.6]), balanced("b", [0.75, 0.8])], ["balance@5"]);
  const { overSeeds, overUsers } = second!.cells!["balance@5"]!.against!;
  assert.deepEqual([overSeeds.n, overUsers], [2, null]);
  assert(overSeeds.p! > 0 && overSeeds.p! < 1);
});

Deno.test("a method that shares no seed with the first is in the table without tests", () => {
  const [, second] = compareToFirst([contender("a", { 0: [1] }), contender("b", { 1: [1] })], ["hit@1"]);
  assert.deepEqual([second!.cells!["hit@1"]!.mean, second!.cells!["hit@1"]!.against], [1, null]);
});

Deno.test("each is tested against the one that it names, and the correction counts all tests, whatever their data", () => {
  const users = (count: number, value: number) => Array.from({ length: count }, (_, user) => value + user / 100);
  const books = contender("books rns", { 0: users(8, 0), 1: users(8, 0.1) });
  const films = contender("films rns", { 0: users(6, 0) }); // other users, and fewer
  const rows = compared([
    books,
    { ...contender("books dns", { 0: users(8, 0.1), 1: users(8, 0.3) }), against: books },
    films,
    { ...contender("films dns", { 0: users(6, 0.2) }), against: films },
  ], ["hit@1"]);
  assert.deepEqual(rows.map(({ reference }) => reference), [null, "books rns", null, "films rns"]);
  const [first, dns, second, other] = rows.map(({ cells }) => cells!["hit@1"]!.against);
  assert.deepEqual([first, second], [null, null]);
  assert.deepEqual([dns, other].map((found) => [found!.overUsers!.p, found!.overUsers!.holm]), [
    [2 / 2 ** 8, 2 * 2 / 2 ** 8], // the smallest of two p-values, twice
    [2 / 2 ** 6, 2 / 2 ** 6],
  ]);
  assert.deepEqual([dns!.overSeeds.n, other!.overSeeds.p], [2, null]);
});

Deno.test("against a mean of 0 there is no percentage", () => {
  const [, second] = compareToFirst([contender("a", { 0: [0, 0] }), contender("b", { 0: [1, 0] })], ["hit@1"]);
  assert.deepEqual([second!.cells!["hit@1"]!.against!.difference, second!.cells!["hit@1"]!.against!.percent], [
    0.5,
    null,
  ]);
});

Deno.test("users are tested only where every trial of both has their values", () => {
  const whole = contender("whole", { 0: [0, 1], 1: [1, 1] }), results = new Map(whole.results);
  results.set(1, { ...results.get(1)!, perUser: {} });
  const lacking: Contender = { label: "lacking", results };
  for (const pair of [[whole, lacking], [lacking, whole]]) {
    const [, second] = compareToFirst(pair, ["hit@1"]);
    assert.equal(second!.cells!["hit@1"]!.against!.overUsers, null);
  }
});

Deno.test("which of two is the first makes no difference to a test over users, where a difference is rounded, too", () => {
  const one = contender("one", { 0: [2 ** -21, 1] }), other = contender("other", { 0: [0, 0] }); // half of what is told apart
  const tests = [[one, other], [other, one]].map((pair) => {
    const { n, p } = compareToFirst(pair, ["hit@1"])[1]!.cells!["hit@1"]!.against!.overUsers!;
    return [n, p];
  });
  assert.deepEqual(tests, [[2, 0.5], [2, 0.5]]);
});
