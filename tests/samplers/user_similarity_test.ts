import assert from "node:assert/strict";
import { openRuntime } from "../../runtime/providers.ts";
import { dns } from "../../samplers/dns.ts";
import type { Probe } from "../../samplers/sampler.ts";
import { jaccardNeighbours } from "../../samplers/user_neighbours.ts";
import { userSimilarity } from "../../samplers/user_similarity.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { assertLaw } from "./chi_square.ts";
import { batchOf, catalogueWhere, drawIn, opened, selector, stubProbe } from "./drawn.ts";

// users 1 and 2 look like user 0, user 3 does not
const of = catalogueWhere([[0, 1], [0, 2, 3], [1, 2, 4], [5, 6]], 9);
const vectors = [[1, 0], [0.9, 0.1], [0.8, -0.2], [-1, 0.3]];
const probe: Probe = {
  ...stubProbe(() => 0),
  points: (users) =>
    Promise.resolve({ layers: 1, width: 2, data: Float32Array.from([...users].flatMap((user) => vectors[user]!)) }),
};

Deno.test("neighbours by the Jaccard index of what users have met", () => {
  const { ids, cosines } = jaccardNeighbours(of, 2);
  assert.deepEqual([...ids], [1, 2, 0, 2, 0, 1, -1, -1]);
  // users 0 and 1 share one of four items, 1 and 2 one of five
  [1 / 4, 1 / 4, 1 / 4, 1 / 5, 1 / 4, 1 / 5, 0, 0].forEach((near, at) => assert(Math.abs(cosines[at]! - near) < 1e-6));
});

Deno.test("support is the share of neighbours who met a candidate, weighted by similarity", async () => {
  const sampler = opened(userSimilarity({ pool: 200, neighbours: 2 }), of, 1), draw = drawIn(of, { probe });
  await sampler.beginEpoch!(draw);
  const { candidates, support } = await sampler.propose(batchOf(0, 1), draw) as Record<string, Int32Array>;
  const cosine = (v: readonly number[]) => v[0]! / Math.hypot(...v),
    [first, second] = [cosine(vectors[1]!), cosine(vectors[2]!)];
  const wanted = [0, 0, 1, first / (first + second), second / (first + second), 0, 0, 0, 0];
  candidates!.forEach((item, at) => assert(Math.abs(support![at]! - wanted[item]!) < 1e-6, `${item}: ${support![at]}`));
  assert(new Set(candidates).size === 7, "all that user 0 has not met comes up");
});

Deno.test("of more neighbours than there are users all others are, and one that is unlike counts for nothing", async () => {
  const sampler = opened(userSimilarity({ pool: 200, neighbours: 50 }), of, 1), draw = drawIn(of, { probe });
  await sampler.beginEpoch!(draw);
  const { candidates, support } = await sampler.propose(batchOf(0, 1), draw) as Record<string, Int32Array>;
  candidates!.forEach((item, at) => { // users 1 and 2 met item 2, user 3, whose cosine is negative, items 5 and 6
    if (item === 2) assert(Math.abs(support![at]! - 1) < 1e-6, `${support![at]}`);
    if (item === 5 || item === 6) assert.equal(support![at], 0);
  });
  assert([2, 5, 6].every((item) => candidates!.includes(item)));
});

Deno.test("neighbours by cosine are searched for every few epochs, and kept in between", async () => {
  const sampler = opened(userSimilarity({ pool: 200, neighbours: 1, refresh: 3 }), of, 1);
  /** Whether user 3, and not user 1, is the nearest of user 0. */
  const isTurned = async (epoch: number, turned: boolean) => {
    const points: Probe["points"] = async (users) => {
      const found = await probe.points(users);
      return { ...found, data: turned ? found.data.map((x, at) => users[at >> 1] === 0 ? -x : x) : found.data };
    };
    const draw = drawIn(of, { epoch, probe: { ...probe, points } });
    await sampler.beginEpoch!(draw);
    const { candidates, support } = await sampler.propose(batchOf(0, 1), draw) as Record<string, Int32Array>;
    const supported = new Set(candidates!.filter((_, at) => support![at]! > 0));
    return supported.has(5);
  };
  const found = [];
  for (const epoch of [0, 1, 2, 3, 4]) found.push(await isTurned(epoch, epoch > 0));
  assert.deepEqual(found, [false, false, false, true, true]);
});

Deno.test("candidates are drawn from what the nearest met, or the farthest, and never from one's own", async () => {
  const drawn = async (mode: "hard" | "dissimilar", neighbours: number) => {
    const sampler = opened(userSimilarity({ mode, pool: 4000, neighbours }), of, 1), draw = drawIn(of, { probe });
    await sampler.beginEpoch!(draw);
    return (await sampler.propose(batchOf(0, 1), draw)).candidates as Int32Array;
  };
  // of user 1's items 2 and 3 are new to user 0, of user 2's items 2 and 4
  assertLaw(await drawn("hard", 2), [0, 0, 0.5, 0.25, 0.25, 0, 0, 0, 0]);
  assertLaw(await drawn("dissimilar", 1), [0, 0, 0, 0, 0, 0.5, 0.5, 0, 0]);
});

const scores = [0, 0, 1.5, 1, 2, 0.5, 0, 0, 0], candidates = Int32Array.of(2, 3, 4, 5);
eachProvider("avoid without gamma and at a low temperature is dynamic negative sampling", async (runtime) => {
  const select = await selector(runtime, userSimilarity({ pool: 4, gamma: 0, temperature: 1e-4 }), of, 1);
  const { ids } = await select({ candidates, support: Float32Array.of(1, 1, 1, 0) }, scores);
  assert.deepEqual([...ids], [
    ...(await (await selector(runtime, dns({ pool: 4 }), of, 1))({ candidates }, scores)).ids,
  ]);
});

Deno.test("avoid draws by e^(s / temperature) (1 - support)^gamma", async () => {
  const runtime = await openRuntime({ provider: "wasm" }), rows = 6000, support = [0.5, 0, 0.75, 1];
  const select = await selector(runtime, userSimilarity({ pool: 4, gamma: 2, temperature: 1 }), of, rows);
  const repeated = <T>(xs: ArrayLike<T>) => Array.from({ length: rows * 4 }, (_, at) => xs[at % 4]!);
  const { ids } = await select({
    candidates: Int32Array.from(repeated(candidates)),
    support: Float32Array.from(repeated(support)),
  }, scores);
  const mass = [...candidates].map((item, at) => Math.exp(scores[item]!) * (1 - support[at]!) ** 2),
    total = mass.reduce((a, b) => a + b);
  assertLaw(ids, scores.map((_, item) => (mass[candidates.indexOf(item)] ?? 0) / total)); // never item 5, which all neighbours met
});

eachProvider("hard takes the highest score of those that not too many neighbours met", async (runtime) => {
  const select = await selector(runtime, userSimilarity({ mode: "hard", pool: 4, drop: 0.3 }), of, 1);
  const chosen = async (support: readonly number[]) =>
    (await select({ candidates, support: Float32Array.from(support) }, scores)).ids[0];
  assert.equal(await chosen([0, 0, 0.69, 0]), 4);
  assert.equal(await chosen([0, 0, 0.71, 0]), 2);
  assert.equal(await chosen([1, 0.2, 1, 1]), 3);
});

Deno.test("users that share nothing cannot be ranked by Jaccard from the far end", () => {
  assert.throws(
    () => opened(userSimilarity({ mode: "dissimilar", similarity: "jaccard" }), of),
    /Cannot use sampler "user-similarity".*cosine ranks them/,
  );
});
