import assert from "node:assert/strict";
import type { Metadata } from "../../../datasets/metadata.ts";
import type { Features } from "../../../random/dpp/similarities.ts";
import { Rng } from "../../../random/rng.ts";
import { Caches } from "../../../samplers/divns/caches.ts";
import { DiverseSets } from "../../../samplers/divns/diverse_sets.ts";
import { evenOverAttributes } from "../../../samplers/divns/picks.ts";
import { redraw, type RedrawOptions } from "../../../samplers/divns/redraw.ts";
import type { Probe } from "../../../samplers/sampler.ts";
import { assertLaw } from "../chi_square.ts";
import { catalogueWhere, drawIn, stubProbe } from "../drawn.ts";

const PLAIN: RedrawOptions = {
  sampler: "exact",
  block: 0,
  project: 0,
  similarity: "cosine",
  width: 1,
  attributes: 0,
  penalty: "inverse",
  alpha: 0, // no penalty: the k-DPP of the similarity alone
  omega: 0,
  recency: 0,
};

/** Row 0 of a step whose pools hold these ids, the hardest first. */
const poolsOf = (ids: ArrayLike<number>) => ({
  candidates: Int32Array.from(ids),
  scores: Float32Array.from(ids, (_, slot) => -slot),
  hard: Int32Array.of(ids[0]!),
});

/** Users with so many rows each, of one pool with `runnersUp` behind it; ids are drawn from 100 items. */
function epochOf(rows: readonly number[], runnersUp: number, refresh = 1) {
  const of = catalogueWhere(rows.map((count) => Array.from({ length: count }, (_, at) => at)), 100);
  const caches = new Caches(of, 1, 1 + runnersUp, runnersUp),
    sets = new DiverseSets(of, 1, refresh),
    rng = new Rng(4, "epoch");
  rows.forEach((count, user) => {
    const free = rng.shuffle(Int32Array.from({ length: 60 }, (_, at) => at + 40)); // without repeats within a user
    for (let row = 0; row < count; row++) {
      caches.record(user, 0, poolsOf(free.subarray(row * (1 + runnersUp), (row + 1) * (1 + runnersUp))), true);
    }
  });
  const vectors: Features = { width: 6, features: Float32Array.from({ length: 600 }, () => rng.normal()) };
  return { of, caches, sets, vectors };
}

for (const sampler of ["exact", "map", "mcmc"] as const) {
  Deno.test(`${sampler} draws as many as there are hard negatives out of the cache, whatever the rank`, async () => {
    // more rows than the vectors are wide, as many, fewer, none
    const { of, caches, sets, vectors } = epochOf([11, 6, 3, 0], 4);
    for (const block of [0, 2, 4]) {
      for (const similarity of ["cosine", "mapped", "rbf"] as const) {
        await redraw(sets, caches, vectors, drawIn(of, { epoch: 1 }), { ...PLAIN, sampler, block, similarity });
        for (let user = 0; user < 4; user++) {
          const diverse = sets.of(user), cache = new Set(caches.runnersUpOf(user));
          assert.equal(diverse.length, caches.hardOf(user).length);
          assert(diverse.every((id) => cache.has(id)));
          if (user > 0 || block > 0) assert.equal(new Set(diverse).size, diverse.length);
        }
      }
    }
  });
}

Deno.test("a cache no larger than the hard negatives are many is taken whole", async () => {
  const { of, caches, sets, vectors } = epochOf([5], 1);
  await redraw(sets, caches, vectors, drawIn(of, { epoch: 1 }), PLAIN);
  assert.deepEqual([...sets.of(0)].sort(), [...caches.runnersUpOf(0)].sort());
});

/** A cache of items 1, 2, 3 and the hard negative 4, with unit vectors at these angles; what 6000 draws of one are. */
async function chosen(
  angles: readonly number[],
  options: Partial<RedrawOptions>,
  metadata: Metadata = {},
  probe?: Probe,
) {
  const USERS = 6000, of = catalogueWhere(Array.from({ length: USERS }, () => [0]), 5, metadata);
  const caches = new Caches(of, 1, 4, 3), sets = new DiverseSets(of, 1, 1);
  for (let user = 0; user < USERS; user++) caches.record(user, 0, poolsOf([4, 1, 2, 3]), true);
  const rows = Float32Array.from([0, ...angles].flatMap((a) => [Math.cos(a), Math.sin(a)]));
  const draw = drawIn(of, { epoch: 1, ...probe && { probe } });
  await redraw(sets, caches, { width: 2, features: rows }, draw, { ...PLAIN, ...options });
  return Array.from({ length: USERS }, (_, user) => sets.of(user)[0]!);
}
const RIGHT = Math.PI / 2,
  law = (weights: readonly number[]) => {
    const total = weights.reduce((sum, q) => sum + q);
    return [0, ...weights.map((q) => q / total), 0];
  };

Deno.test("one item is drawn with probability proportional to its squared penalty", async () => {
  // cosines to the hard negative: 1, 0, -1
  const angles = [0, RIGHT, 2 * RIGHT, 0];
  assertLaw(await chosen(angles, { alpha: 0.5 }), law([1 / 1.5 ** 2, 1, 1 / 0.5 ** 2]));
  assertLaw(await chosen(angles, { penalty: "exp", alpha: 0.7 }), law([Math.exp(-1.4), 1, Math.exp(1.4)]));
});

Deno.test("quality weighs by the model's scores, e^(2 omega s), however large", async () => {
  const angles = [0, RIGHT, 2 * RIGHT, 0];
  const scores = (shift: number) => stubProbe((_user, item) => shift + item);
  for (const shift of [0, 1000]) {
    assertLaw(await chosen(angles, { omega: -0.5 }, {}, scores(shift)), law([1, Math.exp(-1), Math.exp(-2)]));
  }
});

Deno.test("what ran up early in a user's sequence fades: pairs at right angles follow e^(-2 recency age)", async () => {
  const USERS = 6000, of = catalogueWhere(Array.from({ length: USERS }, () => [0, 1]), 6);
  const caches = new Caches(of, 1, 3, 2, true), sets = new DiverseSets(of, 1, 1);
  for (let user = 0; user < USERS; user++) { // 1 ran up last at place 3, 2 and 3 at place 5
    caches.record(user, 0, poolsOf([4, 2, 3]), true, 5);
    caches.record(user, 0, poolsOf([5, 1, 2]), true, 3);
  }
  const features = new Float32Array(18);
  for (const item of [1, 2, 3]) features[4 * item - 1] = 1; // each along an axis of its own
  for (const recency of [0.3, 0]) {
    await redraw(sets, caches, { width: 3, features }, drawIn(of, { epoch: 1 }), { ...PLAIN, recency });
    const pairs = Array.from({ length: USERS }, (_, user) => [...sets.of(user)].sort().join());
    const old = Math.exp(-2 * recency * 2);
    assertLaw(pairs.map((pair) => 1 + ["1,2", "1,3", "2,3"].indexOf(pair)), law([old, old, 1]));
  }
});

for (const sampler of ["exact", "map", "mcmc"] as const) {
  Deno.test(`${sampler} draws none twice however fast what ran up early fades, while the rank allows more`, async () => {
    const ROWS = 20, ITEMS = 3 * ROWS, of = catalogueWhere([Array.from({ length: ROWS }, (_, item) => item)], ITEMS);
    const caches = new Caches(of, 1, 3, 2, true), sets = new DiverseSets(of, 1, 1);
    for (let row = 0; row < ROWS; row++) caches.record(0, 0, poolsOf([3 * row, 3 * row + 1, 3 * row + 2]), true, row);
    const features = new Float32Array(ITEMS * ITEMS);
    for (let item = 0; item < ITEMS; item++) features[item * ITEMS + item] = 1; // each along an axis of its own
    for (const recency of [1, 5]) {
      const options = { ...PLAIN, sampler, recency };
      await redraw(sets, caches, { width: ITEMS, features }, drawIn(of, { epoch: 1 }), options);
      assert.equal(new Set(sets.of(0)).size, ROWS);
    }
  });
}

Deno.test("attributes of the hard negative penalise those who share them", async () => {
  // items 1 and 4 share attribute 0; vectors are all the same
  const attributes = {
    names: ["a", "b"],
    offsets: Int32Array.of(0, 0, 1, 2, 3, 4),
    targets: Int32Array.of(0, 1, 1, 0),
  };
  const found = await chosen([0, 0, 0, 0], { alpha: 1, attributes: 0.5 }, { attributes });
  assertLaw(found, law([1 / 2 ** 2, 1 / 1.5 ** 2, 1 / 1.5 ** 2]));
});

Deno.test("alike items are seldom drawn together: pairs follow det(K_S) of the cosines", async () => {
  const USERS = 6000, of = catalogueWhere(Array.from({ length: USERS }, () => [0, 1]), 6);
  const caches = new Caches(of, 1, 3, 2), sets = new DiverseSets(of, 1, 1);
  for (let user = 0; user < USERS; user++) {
    for (const top of [[4, 1, 2], [5, 3, 1]]) caches.record(user, 0, poolsOf(top), true);
  }
  const rows = Float32Array.from([0, 0, 0.5, RIGHT, 0, 0].flatMap((a) => [Math.cos(a), Math.sin(a)]));
  await redraw(sets, caches, { width: 2, features: rows }, drawIn(of, { epoch: 1 }), PLAIN);
  const pairs = Array.from({ length: USERS }, (_, user) => [...sets.of(user)].sort().join());
  const det = (angle: number) => 1 - Math.cos(angle) ** 2, weights = [det(0.5), det(RIGHT), det(RIGHT - 0.5)];
  assertLaw(pairs.map((pair) => 1 + ["1,2", "1,3", "2,3"].indexOf(pair)), law(weights));
  const firsts = Array.from({ length: USERS }, (_, user) => sets.of(user)[0]! < sets.of(user)[1]! ? 1 : 2);
  assertLaw(firsts, [0, 0.5, 0.5]); // in random order
});

Deno.test("where one item is as unlike the hard negatives as can be, the others still follow det(K_S)", async () => {
  // hard negatives 0 and 1 lie along an axis; of item 2 is 1 + 2 s < 0, items 3, 4 and 5 are at right angles to them
  const USERS = 6000, of = catalogueWhere(Array.from({ length: USERS }, () => [0, 1]), 6);
  const caches = new Caches(of, 1, 3, 2), sets = new DiverseSets(of, 1, 1);
  for (let user = 0; user < USERS; user++) {
    for (const top of [[0, 2, 3], [1, 4, 5]]) caches.record(user, 0, poolsOf(top), true);
  }
  const rows = [[1, 0, 0, 0], [1, 0, 0, 0], [-0.6, 0.8, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]];
  const vectors = { width: 4, features: Float32Array.from(rows.flat()) };
  for (const alpha of [2, 5]) {
    await redraw(sets, caches, vectors, drawIn(of, { epoch: 1 }), { ...PLAIN, alpha });
    const beside = Array.from({ length: USERS }, (_, user) => [...sets.of(user)].sort()).map(([first, second]) => {
      assert.equal(first, 2);
      return second! - 2;
    });
    assertLaw(beside, law([1 - 0.8 ** 2, 1, 1])); // item 3 is like item 2
  }
});

Deno.test("with refresh n a user's set is drawn every n-th epoch, at once where there is none", async () => {
  const { of, caches, sets, vectors } = epochOf([4, 4, 4, 4, 4, 4], 4, 3);
  const all = () => [0, 1, 2, 3, 4, 5].map((user) => [...sets.of(user)].join());
  const history = [all()];
  for (let epoch = 1; epoch <= 4; epoch++) {
    await redraw(sets, caches, vectors, drawIn(of, { epoch }), PLAIN);
    history.push(all());
  }
  const changed = (epoch: number) =>
    history[epoch]!.flatMap((set, user) => set === history[epoch - 1]![user] ? [] : [user]);
  assert.deepEqual([1, 2, 3, 4].map(changed), [[0, 1, 2, 3, 4, 5], [1, 4], [0, 3], [2, 5]]);
  const other = epochOf([4, 4, 4, 4, 4, 4], 4, 3); // draws depend on nothing drawn before
  await redraw(other.sets, other.caches, vectors, drawIn(of, { epoch: 4 }), PLAIN);
  assert.equal([...other.sets.of(2)].join(), all()[2]);
});

Deno.test("a projection to fewer coordinates keeps apart what was", async () => {
  // 40 items along two axes of eight: pairs of one axis have the determinant 0 whatever they are projected to
  const { of, caches, sets } = epochOf(new Array<number>(300).fill(2), 4), rows = new Float32Array(800);
  for (let item = 0; item < 100; item++) rows[item * 8 + (item % 2) * 5] = 1;
  await redraw(sets, caches, { width: 8, features: rows }, drawIn(of, { epoch: 1 }), { ...PLAIN, project: 3 });
  for (let user = 0; user < 300; user++) {
    const [a, b] = sets.of(user), parities = new Set([...caches.runnersUpOf(user)].map((id) => id % 2));
    if (parities.size === 2) assert.notEqual(a! % 2, b! % 2);
  }
});

Deno.test("least takes what is furthest from some hard negative", async () => {
  const { of, caches, sets, vectors } = epochOf([7, 5, 0], 3), { width, features } = vectors;
  await redraw(sets, caches, vectors, drawIn(of, { epoch: 1 }), { ...PLAIN, sampler: "least" });
  const unit = (id: number) => {
    const own = [...features.subarray(id * width, (id + 1) * width)], length = Math.hypot(...own);
    return own.map((x) => x / length);
  };
  for (const user of [0, 1, 2]) {
    const hard = [...caches.hardOf(user)], cache = [...caches.runnersUpOf(user)];
    const least = (id: number) =>
      Math.min(...hard.map((h) => unit(id).reduce((sum, x, d) => sum + x * unit(h)[d]!, 0)));
    const wanted = cache.sort((a, b) => least(a) - least(b)).slice(0, hard.length);
    assert.deepEqual([...sets.of(user)].sort(), wanted.sort());
  }
});

Deno.test("quota: no attribute has two more than another that has items left, and its items are drawn alike", async () => {
  const USERS = 6000, cache = [1, 2, 3, 4, 5, 6, 7]; // 1 to 4 have attribute 0, 5 has 1, 6 has 2 and 7 none
  const attributes = {
    names: ["a", "b", "c"],
    offsets: Int32Array.of(0, 0, 1, 2, 3, 4, 5, 6, 6, 6, 6, 6),
    targets: Int32Array.of(0, 0, 0, 0, 1, 2),
  };
  const drawn = async (k: number) => {
    const of = catalogueWhere(Array.from({ length: USERS }, () => Array.from({ length: k }, (_, at) => at)), 11, {
      attributes,
    });
    const caches = new Caches(of, 1, 8, 7), sets = new DiverseSets(of, 1, 1);
    for (let user = 0; user < USERS; user++) {
      for (let row = 0; row < k; row++) caches.record(user, 0, poolsOf([8 + row % 3, ...cache]), true);
    }
    await redraw(sets, caches, { width: 1, features: new Float32Array(11).fill(1) }, drawIn(of, { epoch: 1 }), {
      ...PLAIN,
      sampler: "quota",
    });
    return Array.from({ length: USERS }, (_, user) => [...sets.of(user)]);
  };
  assertLaw((await drawn(1)).flat(), [0, ...new Array<number>(4).fill(1 / 16), 1 / 4, 1 / 4, 1 / 4]);
  for (const set of await drawn(4)) assert(set.filter((id) => id <= 4).length === 1 && new Set(set).size === 4);
  const five = await drawn(5);
  for (const set of five) assert(set.filter((id) => id <= 4).length === 2 && new Set(set).size === 5);
  const pairs = five.map((set) => set.filter((id) => id <= 4).sort().join("")),
    kinds = ["12", "13", "14", "23", "24", "34"];
  assertLaw(pairs.map((pair) => kinds.indexOf(pair)), new Array<number>(6).fill(1 / 6));
});

Deno.test("in blocks no item is drawn twice, however few more there are than are drawn", async () => {
  const hard = 17, { of, caches, sets, vectors } = epochOf([hard], 2), cached = caches.runnersUpOf(0).slice(0, 18);
  assert.equal(new Set(cached).size, 18);
  caches.runnersUpOf = () => cached; // of parts of a k-th of them each the second would have had 3 to draw 4 of
  await redraw(sets, caches, vectors, drawIn(of, { epoch: 1 }), { ...PLAIN, block: 4 });
  assert.equal(new Set(sets.of(0)).size, hard);
});

Deno.test("quota: attributes have as many items each, and what has two of them is taken once", () => {
  const rng = new Rng(3, "quota"), cached = Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7);
  const apart = { names: ["a", "b"], offsets: Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8) };
  const both = { names: ["a", "b"], offsets: Int32Array.from({ length: 9 }, (_, at) => 2 * at) };
  for (let draw = 0; draw < 50; draw++) {
    const even = evenOverAttributes({ ...apart, targets: Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1) }, cached, 6, rng);
    assert.equal(even.filter((id) => id < 4).length, 3);
    const targets = Int32Array.from({ length: 16 }, (_, at) => at % 2);
    assert.equal(new Set(evenOverAttributes({ ...both, targets }, cached, 6, rng)).size, 6);
  }
});
