import assert from "node:assert/strict";
import type { Metadata, Relation } from "../../datasets/metadata.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { attributeDns } from "../../samplers/attribute_dns.ts";
import { categoryBalanced } from "../../samplers/category_balanced.ts";
import { multiBehaviour } from "../../samplers/multi_behaviour.ts";
import type { Policy } from "../../samplers/sampler.ts";
import { assertLaw } from "./chi_square.ts";
import { batchOf, catalogueWhere, drawIn, opened, selector } from "./drawn.ts";
import { play } from "./players.ts";

const relation = (rows: readonly (readonly number[])[]): Relation => {
  const offsets = new Int32Array(rows.length + 1);
  rows.forEach((row, at) => offsets[at + 1] = offsets[at]! + row.length);
  return { offsets, targets: Int32Array.from(rows.flat()) };
};
/** What `policy` proposes as `name` for `rows` rows of user 0 and the positive item 0. */
async function proposed(
  policy: Policy,
  met: readonly (readonly number[])[],
  items: number,
  metadata: Metadata,
  name: string,
  rows = 6000,
) {
  const of = catalogueWhere(met, items, metadata);
  return (await opened(policy, of, rows).propose(batchOf(0, rows), drawIn(of)))[name] as Int32Array;
}

// items 0 .. 5 with genres a, b, c; item 5 has none, user 0 has met items 0 and 1
const genres: Metadata = { attributes: { ...relation([[0, 1], [0], [0], [1], [0, 2], []]), names: ["a", "b", "c"] } };
const met = [[0, 1]];
const below = (end: number) => Array.from({ length: end }, (_, item) => item);

Deno.test("candidates alike share an attribute that is drawn by how telling it is; the rest are uniform", async () => {
  // item 0 has a (4 of 6 items) and b (2 of 6): ln 1.5 against ln 3; unseen items with a are 2 and 4, with b 3
  const a = Math.log(6 / 4),
    b = Math.log(6 / 2),
    perA = a / (a + b) / 4,
    perB = b / (a + b) / 2,
    open = 2 * perA + perB;
  const all = await proposed(attributeDns({ pool: 1, share: 1 }), met, 6, genres, "candidates");
  assertLaw(all, [0, 0, perA / open, perB / open, perA / open, 0]);
  assertLaw(await proposed(attributeDns({ pool: 1, share: 0 }), met, 6, genres, "candidates"), [
    0,
    0,
    ...new Array<number>(4).fill(1 / 4),
  ]);
  const half = await proposed(attributeDns({ pool: 4, share: 0.4 }), met, 6, genres, "candidates"); // 1.6, so 2
  assertLaw(half.filter((_, at) => at % 4 >= 2), [0, 0, ...new Array<number>(4).fill(1 / 4)]);
  assert(half.filter((_, at) => at % 4 < 2).every((item) => item !== 5));
});

Deno.test("where hardly any item alike is unseen the law is the same, and where none is what was not met is uniform", async () => {
  // of a, items 0 .. 299, and of b, item 0 and 300 .. 449, the last two each are unseen; 450 and 451 have neither
  const own = Array.from({ length: 452 }, (_, item) => item === 0 ? [0, 1] : item < 300 ? [0] : item < 450 ? [1] : []);
  const metadata = { attributes: { ...relation(own), names: ["a", "b"] } };
  const drawn = (met: readonly number[]) =>
    proposed(attributeDns({ pool: 1, share: 1 }), [met], 452, metadata, "candidates");
  const left = [298, 299, 448, 449], perA = Math.log(452 / 300) / 300, perB = Math.log(452 / 151) / 151;
  const rare = await drawn(below(450).filter((item) => !left.includes(item)));
  assertLaw(
    Array.from(rare, (item) => left.indexOf(item)),
    [perA, perA, perB, perB].map((p) => p / (2 * (perA + perB))),
  );
  assertLaw(Array.from(await drawn(below(450)), (item) => item - 450), [1 / 2, 1 / 2]);
});

Deno.test("where every item has the positive's attributes, and none tells anything, what is alike is every item", async () => {
  const all = Array.from({ length: 6 }, () => [0, 1]), names = ["a", "b"];
  const found = await proposed(attributeDns({ pool: 1, share: 1 }), met, 6, {
    attributes: { ...relation(all), names },
  }, "candidates");
  assertLaw(found, [0, 0, ...new Array<number>(4).fill(1 / 4)]);
});

Deno.test("a positive without attributes gets uniform candidates", async () => {
  const bare: Metadata = { attributes: { ...relation([[], [0], [0], [1], [0, 2], []]), names: ["a", "b", "c"] } };
  const found = await proposed(attributeDns({ pool: 1, share: 1 }), met, 6, bare, "candidates");
  assertLaw(found, [0, 0, ...new Array<number>(4).fill(1 / 4)]);
});

Deno.test("likeness is the Jaccard index, and kappa decides whether it is sought or shunned", async () => {
  for (const kappa of [1, -1]) {
    const of = (name: string) => proposed(attributeDns({ pool: 1, kappa }), met, 6, genres, name, 200);
    const candidates = await of("candidates"), likeness = await of("likeness") as unknown as Float32Array;
    candidates.forEach((item, at) =>
      assert(Math.abs(likeness[at]! - [1, 1 / 2, 1 / 2, 1 / 2, 1 / 3, 0][item]!) < 1e-6)
    );
  }
  const runtime = await openRuntime({ provider: "wasm" }),
    of = catalogueWhere(met, 6, genres),
    scores = [0, 0, 1, 1.2, 1.1, 0];
  for (const [kappa, wanted] of [[0, 3], [1, 2], [-1, 4]] as const) {
    const select = await selector(runtime, attributeDns({ pool: 3, kappa }), of, 1);
    const { ids } = await select(
      { candidates: Int32Array.of(2, 3, 4), likeness: Float32Array.of(0.9, 0.5, 0.1) },
      scores,
    );
    assert.equal(ids[0], wanted);
  }
});

Deno.test("a category is drawn from its target law, then an unseen item of it", async () => {
  const law = async (target: "uniform" | "inverse" | "complement") =>
    await proposed(categoryBalanced({ target }), met, 6, genres, "ids");
  /** Weights of a, b, c, of which items 2 and 4, 3, and 4 are unseen: by item. */
  const of = (a: number, b: number, c: number) => [0, 0, a / 2, b, a / 2 + c, 0].map((mass) => mass / (a + b + c));
  assertLaw(await law("uniform"), of(1, 1, 1));
  assertLaw(await law("inverse"), of(1 / 4, 1 / 2, 1));
  assertLaw(await law("complement"), of(0, 1 / 2, 1)); // both of user 0's items have a, one has b
});

/** 200 items of a, 2 of b, 1 of c and 2 of none, in this order. */
const crowded: Metadata = {
  attributes: {
    ...relation([...new Array<number>(200).fill(0), 1, 1, 2].map((genre) => [genre]).concat([[], []])),
    names: ["a", "b", "c"],
  },
};
/** What a user draws who has met `met`. */
const among = (met: readonly number[]) => proposed(categoryBalanced(), [met], 205, crowded, "ids");
/** A law of items 199 to 204. */
const ofLast = (...law: readonly number[]) => [...new Array<number>(199).fill(0), ...law];

Deno.test("a category of which a user has met all but one item keeps its share", async () => {
  assertLaw(await among(below(199)), ofLast(1 / 3, 1 / 6, 1 / 6, 1 / 3, 0, 0));
});

Deno.test("the share of a category of which a user has met all goes to the others", async () => {
  assertLaw(await among(below(200)), ofLast(0, 1 / 4, 1 / 4, 1 / 2, 0, 0));
});

Deno.test("items without a category are negatives of a user who has met all others", async () => {
  assertLaw(await among(below(203)), ofLast(0, 0, 0, 0, 1 / 2, 1 / 2));
});

// user 0 bought 0, put 1 and 2 in the cart, viewed 2, 3 and 4
const shop: Metadata = {
  behaviours: [{ name: "cart", ...relation([[0, 1, 2]]) }, { name: "view", ...relation([[2, 3, 4]]) }],
};
Deno.test("a negative comes from each weaker level evenly, or from what was never seen", async () => {
  const found = await proposed(multiBehaviour({ observed: 0.6 }), [[0]], 8, shop, "ids");
  assertLaw(found, [0, 0.15, 0.15, 0.15, 0.15, 0.4 / 3, 0.4 / 3, 0.4 / 3]);
});

Deno.test("weaker levels are drawn by their shares, where these are given", async () => {
  const found = await proposed(multiBehaviour({ observed: 0.6, levels: "0.8/0.2" }), [[0]], 8, shop, "ids");
  assertLaw(found, [0, 0.24, 0.24, 0.06, 0.06, 0.4 / 3, 0.4 / 3, 0.4 / 3]);
});

Deno.test("shares of levels are a law, and one for each weaker behaviour", () => {
  for (const levels of ["0.5/0.4", "1.2/-0.2", "odd", "1/"]) {
    assert.throws(() => multiBehaviour({ levels }), /"multi-behaviour": option "levels" takes even, or shares/, levels);
  }
  assert.throws(() => opened(multiBehaviour({ levels: "0.5/0.3/0.2" }), catalogueWhere([[0]], 8, shop)), {
    name: "TypeError",
    message:
      'Cannot use sampler "multi-behaviour": levels="0.5/0.3/0.2" are 3 shares, the data\'s weaker behaviours "cart", "view"',
  });
});

Deno.test("a level that is empty passes on to the next lower one", async () => {
  const noCart: Metadata = { behaviours: [{ name: "cart", ...relation([[0]]) }, { name: "view", ...relation([[3]]) }] };
  const found = await proposed(multiBehaviour({ observed: 1 }), [[0]], 5, noCart, "ids", 200);
  assert(found.every((item) => item === 3));
});

Deno.test("the one item of a level that no stronger one has is found among many", async () => {
  const cart = Array.from({ length: 400 }, (_, item) => item), view = [...cart, 400];
  const nested: Metadata = {
    behaviours: [{ name: "cart", ...relation([cart]) }, { name: "view", ...relation([view]) }],
  };
  const found = await proposed(multiBehaviour({ observed: 1 }), [[0]], 402, nested, "ids", 500);
  assert(found.some((item) => item === 400) && found.every((item) => item !== 401));
});

Deno.test("pairs between the levels put the stronger behaviour above", async () => {
  const level = [-1, 0, 0, 1, 1, 2, 2, 2], policy = multiBehaviour({ between: 1 });
  const [upper, lower, paired] = await Promise.all(
    ["upper", "lower", "paired"].map((name) => proposed(policy, [[0]], 8, shop, name, 500)),
  );
  upper!.forEach((item, row) => {
    assert.equal(paired![row], 1);
    assert(level[item]! < level[lower![row]!]!, `${item} above ${lower![row]}`);
  });
});

Deno.test("a user who has met all of the weaker levels has no pair between them", async () => {
  const paired = await proposed(multiBehaviour({ between: 1 }), [[0, 1, 2, 3, 4]], 8, shop, "paired", 50);
  assert([...paired].every((pairs) => pairs === 0));
});

Deno.test("the recipe's loss of the stronger level above the weaker is added, of rows that have both", async () => {
  const item = [0.3, -0.5, 1.1, 0.7, -0.2, 0.4, 0.1, 0.6], softplus = (x: number) => Math.log1p(Math.exp(x));
  const table = (data: readonly number[]) => ({ shape: [data.length, 1], data: Float32Array.from(data) });
  const { auxiliary } = await play(multiBehaviour({ between: 0.5 }), catalogueWhere([[0]], 8, shop), {
    users: new Int32Array(3),
    positives: new Int32Array(3),
    dim: 1,
    tensors: new Map([["user", table([2])], ["item", table(item)]]),
    fed: {
      ids: Int32Array.of(5, 5, 5),
      upper: Int32Array.of(1, 4, 6),
      lower: Int32Array.of(3, 5, 6),
      paired: Float32Array.of(1, 1, 0),
    },
  });
  const pair = (upper: number, lower: number) => softplus(2 * item[lower]! - 2 * item[upper]!);
  assert(Math.abs(auxiliary - 0.5 * (pair(1, 3) + pair(4, 5)) / 3) < 1e-6, `${auxiliary}`);
});

Deno.test("each says what data it lacks, and the option that brings them", () => {
  const of = catalogueWhere(met, 6);
  assert.throws(() => opened(attributeDns(), of), /"attribute-dns": the data have no item attributes; --attributes/);
  assert.throws(() => opened(categoryBalanced(), of), /"category-balanced": the data have no item attributes/);
  assert.throws(
    () => opened(multiBehaviour(), of),
    /"multi-behaviour": the data have no weaker behaviours; --behaviours names/,
  );
});
