import assert from "node:assert/strict";
import { mcns } from "../../samplers/mcns.ts";
import { assertLaw } from "./chi_square.ts";
import { batchOf, catalogueWhere, drawIn, opened, stubProbe } from "./drawn.ts";

const SCORES = [0.2, 1, -1, 2, 0.5, 5];

/** Every fifth state of user 0's chain: neighbours in time are alike, these are nearly independent. */
async function chainOf(options: Parameters<typeof mcns>[0], length = 4000): Promise<number[]> {
  const of = catalogueWhere([[5]], 6),
    rows = 50,
    sampler = opened(mcns({ neighbours: 2, moves: 10, ...options }), of, rows);
  const draw = drawIn(of, { probe: stubProbe((_, item) => SCORES[item]!) }), found: number[] = [];
  await sampler.beginEpoch!(draw);
  for (let step = 0; found.length < length; step++) {
    found.push(...(await sampler.propose(batchOf(0, rows, step * rows), draw)).ids as Int32Array);
  }
  return found;
}
const law = (alpha: number, temperature: number) => {
  const mass = SCORES.map((s, item) => item === 5 ? 0 : Math.exp(alpha * s / temperature));
  const total = mass.reduce((a, b) => a + b);
  return mass.map((m) => m / total);
};

Deno.test("in the long run a chain visits unseen items in proportion to p^alpha, though it prefers neighbours", async () => {
  assertLaw(await chainOf({ alpha: 1 }), law(1, 1));
  assertLaw(await chainOf({ alpha: 0.5, temperature: 0.5 }), law(0.5, 0.5));
});

Deno.test("alpha 0 forgets the model", async () => assertLaw(await chainOf({ alpha: 0 }), law(0, 1)));

Deno.test("a chain goes on where the epoch before left it", async () => {
  const of = catalogueWhere(Array.from({ length: 20 }, () => [5]), 6);
  const sampler = opened(mcns({ neighbours: 2, burnIn: 20, refresh: 3 }), of, 1);
  const draw = (epoch: number) => drawIn(of, { epoch, probe: stubProbe((_, item) => SCORES[item]!) });
  await sampler.beginEpoch!(draw(0));
  const { chain, kin } = sampler.state as { chain: Int32Array; kin: Int32Array }, before = [...chain, ...kin];
  assert(chain.every((item) => item >= 0));
  await sampler.beginEpoch!(draw(1));
  assert.deepEqual([...chain, ...kin], before);
});

for (const moves of [1, 3]) {
  Deno.test(`two rows of one user in a batch are two states of one chain, ${moves} moves apart`, () =>
    assertOneChain(moves));
}
async function assertOneChain(moves: number): Promise<void> {
  const of = catalogueWhere([[5], []], 6), probe = stubProbe((_, item) => SCORES[item]!);
  const options = { neighbours: 2, burnIn: 0, moves }, together = opened(mcns(options), of, 4);
  const apart = opened(mcns(options), of, 1);
  const draw = drawIn(of, { probe }), users = [0, 1, 0, 0], one = { rows: 1, positives: new Int32Array(1) };
  const { ids } = await together.propose({
    rows: 4,
    first: 0,
    users: Int32Array.from(users),
    positives: new Int32Array(4),
  }, draw);
  const each = [];
  for (const [first, user] of users.entries()) {
    each.push(((await apart.propose({ ...one, first, users: Int32Array.of(user) }, draw)).ids as Int32Array)[0]);
  }
  assert.deepEqual([...ids as Int32Array], each);
}
