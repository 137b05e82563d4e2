import assert from "node:assert/strict";
import { Rng } from "../../random/rng.ts";
import { aobpr, truncatedGeometric } from "../../samplers/aobpr.ts";
import type { Probe } from "../../samplers/sampler.ts";
import { assertLaw } from "./chi_square.ts";
import { batchOf, catalogueWhere, drawIn, opened, stubProbe } from "./drawn.ts";

/** A model of user vectors `queries[user]` and item vectors `items[item]`. */
const modelOf = (queries: readonly (readonly number[])[], items: readonly (readonly number[])[]): Probe => {
  const vectors = (of: readonly (readonly number[])[]) => (ids: Int32Array) =>
    Promise.resolve({ layers: 1, width: of[0]!.length, data: Float32Array.from([...ids].flatMap((id) => of[id]!)) });
  return { ...stubProbe(() => 0), queries: vectors(queries), items: vectors(items) };
};
const geometric = (lambda: number, count: number) => {
  const weights = Array.from({ length: count }, (_, r) => Math.exp(-r / lambda)),
    total = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / total);
};
async function drawn(
  probe: Probe,
  met: readonly number[],
  items: number,
  lambda: number,
  rows = 6000,
): Promise<number[]> {
  const of = catalogueWhere([met], items), draw = drawIn(of, { probe });
  const { ids } = await opened(aobpr({ lambda }), of, rows).propose(batchOf(0, rows), draw);
  return [...ids as Int32Array];
}

Deno.test("ranks are geometric, cut off at the number of items", () => {
  const rng = new Rng(3, "ranks"), law = truncatedGeometric(2, 6);
  assertLaw(Array.from({ length: 8000 }, () => law(rng)), geometric(2, 6));
});

Deno.test("a mean rank far beyond the items is uniform over them, however far", () => {
  for (const lambda of [1e9, 1e17, 1e20, 1e300]) {
    const rng = new Rng(3, "ranks"), law = truncatedGeometric(lambda, 6);
    assertLaw(Array.from({ length: 8000 }, () => law(rng)), new Array<number>(6).fill(1 / 6));
  }
});

Deno.test("with one factor an item's rank by score is geometric, whichever sign the user has", async () => {
  const items = [[0.3], [-1], [2], [0.3], [0.9], [-0.1]], ranked = [2, 4, 0, 3, 5, 1]; // by q, ties by id
  for (const [sign, order] of [[1, ranked], [-1, ranked.toReversed()]] as const) {
    const law = geometric(2, 6), found = await drawn(modelOf([[0.5 * sign]], items), [], 6, 2);
    assertLaw(found.map((item) => order.indexOf(item)), law);
  }
});

Deno.test("the mean rank is a 200th of the items unless another is given, and 1 at least", async () => {
  const model = (count: number) => modelOf([[1]], Array.from({ length: count }, (_, item) => [count - item]));
  for (const [count, lambda] of [[600, 3], [20, 1]] as const) {
    const law = geometric(lambda, count), cells = [...law.slice(0, 4), law.slice(4).reduce((a, b) => a + b)];
    assertLaw((await drawn(model(count), [], count, 0)).map((item) => Math.min(item, 4)), cells);
  }
});

Deno.test("a factor is drawn by how far it moves the user's scores: |p_ud| times its spread", async () => {
  // factor 0 spreads items 0 .. 3 twice as far as factor 1 and weighs .5 against 2: taken 1 in 3
  const items = [[4, 10], [0, 12], [0, 10], [0, 10]]; // what all items have alike of factor 1 moves no score past another
  const spread = (d: number) => {
    const xs = items.map((x) => x[d]!), mean = xs.reduce((a, b) => a + b) / 4;
    return Math.sqrt(xs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 4);
  };
  const reach = [0.5 * spread(0), 2 * spread(1)], share = reach[0]! / (reach[0]! + reach[1]!);
  assert(Math.abs(share - 1 / 3) < 1e-9);
  const found = await drawn(modelOf([[0.5, 2]], items), [], 4, 1e-3); // always the first of a list
  assertLaw(found, [share, 1 - share, 0, 0]);
});

Deno.test("positives are drawn again, and a user whose list starts with many still gets an item", async () => {
  const items = Array.from({ length: 50 }, (_, item) => [50 - item]),
    met = Array.from({ length: 48 }, (_, item) => item);
  assertLaw(await drawn(modelOf([[1]], items), met, 50, 1, 2000), [...met.map(() => 0), 0.5, 0.5]);
  const of = await drawn(modelOf([[1]], items), [0, 2], 50, 2);
  const law = geometric(2, 50).map((p, item) => item === 0 || item === 2 ? 0 : p), total = law.reduce((a, b) => a + b);
  assertLaw(
    of.map((item) => Math.min(item, 9)),
    [...law.slice(0, 9), law.slice(9).reduce((a, b) => a + b)].map((p) => p / total),
  );
});

Deno.test("items are sorted anew after |I| log |I| draws, and not before", async () => {
  const of = catalogueWhere([[]], 8), sampler = opened(aobpr(), of, 4);
  let sorts = 0;
  const model = modelOf([[1]], Array.from({ length: 8 }, (_, item) => [item]));
  const draw = drawIn(of, { probe: { ...model, items: (ids) => (sorts++, model.items(ids)) } });
  for (let step = 0; step < 10; step++) await sampler.propose(batchOf(0, 4, 4 * step), draw);
  assert.equal(sorts, 2); // 8 ln 8 = 16.6: before the first draw, and after 20
  const padded = opened(aobpr(), of, 4);
  for (let step = 0; step < 9; step++) await padded.propose({ ...batchOf(0, 4, 4 * step), rows: 2 }, draw);
  assert.equal(sorts, 3); // 16 are drawn before the last, beside those of rows that pad
});
