import assert from "node:assert/strict";
import { cohorts as cohortsOf } from "../../datasets/cohorts.ts";
import { cohorts } from "../../samplers/cohorts.ts";
import { assertLaw } from "./chi_square.ts";
import { catalogueWhere, drawIn, opened } from "./drawn.ts";

/** What users have met: the first nothing, the second an item of the head and all of mid, the third all but mid. */
const MET = [[], [0, 2, 3, 4, 5], [0, 1, 6, 7, 8, 9]];
/** 2 items of the head, 4 of mid, 4 of the tail, of 32 interactions; a crowd makes up what is missing. */
const POPULARITY = [4, 4, 4, 3, 3, 3, 3, 3, 3, 2], ITEMS = POPULARITY.length;
const crowd = POPULARITY.flatMap((count, item) =>
  new Array<number>(count - MET.flat().filter((met) => met === item).length).fill(item)
);
const of = catalogueWhere([...MET, crowd], ITEMS), DRAWS = 12_000;

/** What a user draws beside a positive, and the log probability of each. */
async function draw(user: number, positive: number, options: Parameters<typeof cohorts>[0] = {}) {
  const batch = {
    rows: DRAWS,
    first: 0,
    users: new Int32Array(DRAWS).fill(user),
    positives: new Int32Array(DRAWS).fill(positive),
  };
  return await opened(cohorts(options), of, DRAWS).propose(batch, drawIn(of)) as {
    ids: Int32Array;
    logQ: Float32Array;
  };
}
/** Asserts that draws follow a law, and say so. */
function assertDrawn({ ids, logQ }: { readonly ids: Int32Array; readonly logQ: Float32Array }, law: readonly number[]) {
  assertLaw(ids, law);
  ids.forEach((id, at) => assert(Math.abs(logQ[at]! - Math.log(law[id]!)) < 1e-5, `${id}: ${logQ[at]}`));
}
const spread = (head: number, mid: number, tail: number) =>
  [head, mid, tail].flatMap((share, cohort) => {
    const size = [2, 4, 4][cohort]!;
    return new Array<number>(size).fill(share / size);
  });

Deno.test("the fixture's items fall into the cohorts that it says", () => {
  assert.deepEqual([...of.popularity], POPULARITY);
  assert.deepEqual([...cohortsOf(of.popularity).of], [0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
});

Deno.test("the cohort of a negative follows the row of the positive's cohort, and its item is uniform in it", async () => {
  for (const [positive, row] of [[0, [0.8, 0.1, 0.1]], [3, [0.1, 0.8, 0.1]], [9, [0.1, 0.1, 0.8]]] as const) {
    assertDrawn(await draw(0, positive), spread(row[0], row[1], row[2])); // 9 degrees of freedom
  }
  assertDrawn(await draw(0, 1, { head: "0.2/0.3/0.5" }), spread(0.2, 0.3, 0.5));
});

Deno.test("where a user has met a whole cohort the row sums to 1 over the others", async () => {
  assertDrawn(await draw(1, 0), [0, 0.8 / 0.9, 0, 0, 0, 0, ...new Array<number>(4).fill(0.1 / 0.9 / 4)]);
});

Deno.test("where no cohort with a share is left the draw is uniform", async () => {
  assertDrawn(await draw(2, 0, { head: "0.5/0/0.5" }), [0, 0, 1 / 4, 1 / 4, 1 / 4, 1 / 4, 0, 0, 0, 0]);
});

Deno.test("a user with one unseen item of a large cohort draws it", async () => {
  const many = Array.from({ length: 400 }, (_, item) => item), met = many.filter((item) => item !== 77);
  const large = catalogueWhere([met, many], 400), sampler = opened(cohorts({ negatives: 20 }), large);
  const batch = { rows: 1, first: 0, users: Int32Array.of(0), positives: Int32Array.of(76) };
  const { ids } = await sampler.propose(batch, drawIn(large)) as { ids: Int32Array };
  assert.deepEqual(new Set(ids), new Set([77]));
});

Deno.test("shares that are not three or do not sum to 1 are refused", () => {
  for (const head of ["0.5/0.4/0.2", "0.5/0.5", "1.2/-0.1/-0.1", "a/b/c", "//1", "1/1e-9x/0"]) {
    assert.throws(
      () => cohorts({ head }),
      /"cohorts": option "head" takes three shares of at least 0 that sum to 1/,
      head,
    );
  }
  assert.equal(typeof cohorts({ tail: "0/0/1" }), "function");
});
