import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import type { Attributes } from "../../datasets/metadata.ts";
import { SeenItems } from "../../datasets/negatives.ts";
import { Rng } from "../../random/rng.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { fairneg } from "../../samplers/fairneg.ts";
import { drawFair } from "../../samplers/fairneg/draw_fair.ts";
import { moveLaw } from "../../samplers/fairneg/group_law.ts";
import { itemGroups } from "../../datasets/item_groups.ts";
import { lossesByGroup } from "../../samplers/fairneg/losses_by_group.ts";
import { ontoSimplex } from "../../samplers/fairneg/onto_simplex.ts";
import { assertLaw } from "./chi_square.ts";
import { batchOf, catalogueWhere, drawIn, opened, proposals, selector, stubProbe } from "./drawn.ts";

// items 0 1 2: a (1 also b); 3 4: b; 5: c; 6: none
const attributes: Attributes = {
  offsets: Int32Array.of(0, 1, 3, 4, 5, 6, 7, 7),
  targets: Int32Array.of(0, 0, 1, 0, 1, 1, 2),
  names: ["a", "b", "c"],
};
const of = catalogueWhere([[0, 3], [5]], 7, { attributes });
const sum = (xs: Iterable<number>) => [...xs].reduce((a, b) => a + b, 0);

Deno.test("an item is in the group of its first attribute, and what has none is a group of its own", () => {
  const groups = itemGroups(of, attributes);
  assert.deepEqual([...groups.of], [0, 0, 0, 1, 1, 2, 3]);
  assert.deepEqual([...groups.members.subarray(groups.offsets[1], groups.offsets[2])], [3, 4]);
});

Deno.test("chosen attributes decide in the order in which they are named", () => {
  assert.deepEqual([...itemGroups(of, attributes, ["b", "a"]).of], [1, 0, 1, 0, 0, 2, 2]);
  assert.throws(() => fairneg({ groups: "a|z" })({ catalogue: of, seen: new SeenItems(of), rows: 1, epochs: 1 }), {
    name: "TypeError",
    message: 'Cannot group items by attribute "z": attributes are a, b, c',
  });
});

Deno.test("the simplex's nearest point is a law, and is the point itself where that is one", () => {
  assert.deepEqual(ontoSimplex([0.875, 0.5, -0.25]), [0.6875, 0.3125, 0]);
  assert.deepEqual(ontoSimplex([0.25, 0.75]), [0.25, 0.75]);
  fc.assert(fc.property(fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 1, maxLength: 6 }), (x) => {
    const p = ontoSimplex(x);
    assert(p.every((value) => value >= 0) && Math.abs(sum(p) - 1) < 1e-9);
    // (x - p) . (q - p) <= 0 for each corner q: no point of the simplex is nearer
    const off = x.map((value, at) => value - p[at]!), inner = sum(off.map((value, at) => value * p[at]!));
    assert(off.every((value) => value - inner <= 1e-9));
  }));
});

Deno.test("a group with a loss above the average gets fewer negatives, one below it more, as momentum has it", () => {
  const law = { p: Float32Array.of(0.5, 0.3, 0.2), v: new Float32Array(3) };
  moveLaw(law, [0.9, 0.6, 0.3], { rate: 0.2, momentum: 0.9, compat: "paper" }); // g = .3, 0, -.3
  assert.deepEqual(law.v, Float32Array.of(0.1 * (0.9 - 0.6), 0, 0.1 * (0.3 - 0.6)).map(Math.fround));
  assert.deepEqual([...law.p].map((x) => x.toFixed(4)), ["0.4940", "0.3000", "0.2060"]);
  moveLaw(law, [0.9, 0.6, 0.3], { rate: 0.2, momentum: 0.9, compat: "paper" });
  assert.deepEqual([...law.p].map((x) => x.toFixed(4)), ["0.4826", "0.3000", "0.2174"]); // v = .057
});

Deno.test("as released, momentum is the last slope and the last group takes what is missing", () => {
  const law = { p: Float32Array.of(0.5, 0.3, 0.2), v: new Float32Array(3) };
  const options = { rate: 1, momentum: 0.5, compat: "code" } as const;
  moveLaw(law, [1.2, 0.6, 0], options); // g = .6, 0, -.6
  assert.deepEqual([...law.v].map((x) => x.toFixed(4)), ["0.6000", "0.0000", "-0.6000"]);
  assert.deepEqual([...law.p].map((x) => x.toFixed(4)), ["0.2000", "0.3000", "0.5000"]);
  moveLaw(law, [-3, 0, 3], options); // heading (.3, 0, -.3) + (-1.5, 0, 1.5)
  assert.deepEqual([...law.p].map((x) => x.toFixed(4)), ["1.0000", "0.3000", "0.0000"]);
});

Deno.test("groups without train positives stay, and the law stays a law", () => {
  const law = { p: Float32Array.of(0.25, 0.25, 0.5), v: new Float32Array(3) };
  moveLaw(law, [1, NaN, 0], { rate: 1, momentum: 0, compat: "paper" });
  assert.deepEqual([...law.p], [0, 0.125, 0.875]); // (-.25, .25, 1) onto the simplex
});

Deno.test("group losses are means of softplus(-s) over train positives", async () => {
  const groups = itemGroups(of, attributes), probe = stubProbe((user, item) => user + item / 2);
  const softplus = (x: number) => Math.log1p(Math.exp(x));
  const found = await lossesByGroup(of, groups, probe);
  const wanted = [softplus(-0), softplus(-1.5), softplus(-3.5), NaN];
  found.forEach((loss, z) => assert(Object.is(loss, wanted[z]) || Math.abs(loss - wanted[z]!) < 1e-6, `${found}`));
});

Deno.test("without hard negatives groups come as p says, and any unseen item of a group is as likely as another", async () => {
  const runtime = await openRuntime({ provider: "wasm" }), rows = 20_000, policy = fairneg({ beta: 0, pool: 1 });
  const sampler = opened(policy, of, rows), draw = drawIn(of);
  sampler.state!.p!.set([0.5, 0.3, 0.05, 0.15]);
  const fed = await sampler.propose(batchOf(0, rows), draw), select = await selector(runtime, policy, of, rows);
  // user 0 has met 0 and 3
  assertLaw((await select(fed, of.popularity)).ids, [0, 0.25, 0.25, 0, 0.3, 0.05, 0.15]);
  await runtime.dispose();
});

Deno.test("a group in which everything was met leaves its mass to the others", () => {
  const met = catalogueWhere([[0, 1, 2]], 7, { attributes }),
    groups = itemGroups(met, attributes),
    rng = new Rng(5, "fair");
  const seen = new SeenItems(met), law = Float32Array.of(0.5, 0.3, 0.05, 0.15);
  const drawn = (p: Float32Array) => Array.from({ length: 9000 }, () => drawFair(groups, p, seen, 0, rng));
  assertLaw(drawn(law), [0, 0, 0, 0.3, 0.3, 0.1, 0.3]);
  assertLaw(drawn(Float32Array.of(1, 0, 0, 0)), [0, 0, 0, 1 / 4, 1 / 4, 1 / 4, 1 / 4]);
});

Deno.test("a nearly exhausted group still gives its last unseen item", () => {
  const many = 500,
    one: Attributes = {
      offsets: Int32Array.from({ length: many + 1 }, (_, at) => at),
      targets: new Int32Array(many),
      names: ["a"],
    };
  const met = catalogueWhere([Array.from({ length: many - 1 }, (_, item) => item)], many, { attributes: one });
  const drawn = drawFair(itemGroups(met, one), Float32Array.of(1), new SeenItems(met), 0, new Rng(1, "fair"));
  assert.equal(drawn, many - 1);
});

Deno.test("negatives follow beta hard + (1 - beta) fair, hard the softmax over the pool", async () => {
  const runtime = await openRuntime({ provider: "wasm" }), rows = 20_000, beta = 0.3, temperature = 0.5;
  const select = await selector(runtime, fairneg({ beta, temperature, pool: 3 }), of, rows);
  const scores = [0, 0.4, -0.2, 0, 0.1, 0, 0], pool = [1, 2, 4], fair = [5, 6];
  const candidates = Int32Array.from({ length: rows * 3 }, (_, at) => pool[at % 3]!);
  const { ids } = await select(
    { candidates, fair: Int32Array.from({ length: rows }, (_, at) => fair[at % 2]!) },
    scores,
  );
  const mass = pool.map((item) => Math.exp(scores[item]! / temperature)), total = sum(mass);
  const hard = (slot: number) => beta * mass[slot]! / total;
  assertLaw(ids, [0, hard(0), hard(1), 0, hard(2), 0.35, 0.35]);
  await runtime.dispose();
});

Deno.test("several negatives are each from a pool, and a share, of their own", async () => {
  const runtime = await openRuntime({ provider: "wasm" }), rows = 10_000, beta = 0.3;
  const select = await selector(runtime, fairneg({ beta, temperature: 1, pool: 2, negatives: 2 }), of, rows);
  const scores = [0, 0.4, -0.2, 0, 0.1, 0.9, 0], pools = [1, 2, 4, 5], candidates = new Int32Array(4 * rows);
  candidates.forEach((_, at) => candidates[at] = pools[at % 4]!);
  const { ids } = await select({ candidates, fair: new Int32Array(2 * rows).fill(6) }, scores);
  const first = (a: number, b: number) => 1 / (1 + Math.exp(scores[b]! - scores[a]!)),
    hard = [first(1, 2), first(4, 5)];
  const column = (k: number) => [...ids].filter((_, at) => at % 2 === k);
  assertLaw(column(0), [0, beta * hard[0]!, beta * (1 - hard[0]!), 0, 0, 0, 1 - beta]);
  assertLaw(column(1), [0, 0, 0, 0, beta * hard[1]!, beta * (1 - hard[1]!), 1 - beta]);
  const fair = (row: number) => Number(ids[2 * row] === 6) + 2 * Number(ids[2 * row + 1] === 6);
  assertLaw(Array.from({ length: rows }, (_, row) => fair(row)), [0.09, 0.21, 0.21, 0.49]); // one does not follow the other
  await runtime.dispose();
});

Deno.test("the law starts from uniform negatives and follows the losses epoch by epoch", async () => {
  const sampler = opened(fairneg({ momentum: 0, rate: 0.1 }), of), p = sampler.state!.p!;
  assert.deepEqual([...p].map((x) => x.toFixed(4)), ["0.4286", "0.2857", "0.1429", "0.1429"]);
  const before = p.slice();
  await sampler.beginEpoch!(drawIn(of, { probe: stubProbe((_, item) => item) })); // the higher the item, the better learnt
  assert(p[0]! < before[0]! && p[2]! > before[2]!);
  assert(Math.abs(sum(p) - 1) < 1e-6);
});

Deno.test("the law moves before a batch is drawn", async () => {
  const draw = drawIn(of, { probe: stubProbe((_, item) => item === 5 ? 50 : -50) });
  const drawn = await proposals(fairneg({ rate: 1, momentum: 0 }), draw, new Int32Array(100), 10, "fair");
  assert.deepEqual([...new Set(drawn)], [5]); // losses 50, 50, 0: all mass to the group of item 5
});
