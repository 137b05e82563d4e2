import assert from "node:assert/strict";
import { openRuntime } from "../../runtime/providers.ts";
import { samplers } from "../../samplers/mod.ts";
import type { Policy } from "../../samplers/sampler.ts";
import { assertLaw, uniformOver } from "./chi_square.ts";
import { batchOf, catalogueWhere, drawIn, opened, selector } from "./drawn.ts";

const ITEMS = 11;
/** User 0 has met items 3 and 7; items become rarer from item 0 on. */
const popular = Array.from(
  { length: 30 },
  (_, user) => Array.from({ length: Math.max(1, Math.floor(ITEMS / (user + 1))) }, (_, item) => item),
);
const of = catalogueWhere([[3, 7], ...popular, [8, 9, 10]], ITEMS);
const excluding = (items: readonly number[]) => catalogueWhere([items, ...popular.map(() => []), []], ITEMS);
/** What may not be drawn for user 0: more than was met, all of the head, say; or nothing. */
const excluded = { more: excluding([0, 1, 3, 7]), nothing: excluding([]) };

for (
  const [name, make] of Object.entries({
    rns: samplers.rns,
    pns: samplers.pns,
    inverse: samplers.inverse,
    cohorts: samplers.cohorts,
  })
) {
  Deno.test(`${name} draws by the probability that it tells, whatever the run excludes`, async () => {
    const runtime = await openRuntime({ provider: "wasm" }), rows = 8000, policy = make() as Policy<"ids">;
    for (const pairs of Object.values(excluded)) {
      const sampler = opened(policy, of, rows, 10, pairs),
        select = await selector(runtime, policy, of, rows, { excluded: pairs });
      const proposed = await sampler.propose(batchOf(0, rows), drawIn(of, { excluded: pairs }));
      const { logQ } = await select(proposed, new Float32Array(ITEMS)), ids = proposed.ids as Int32Array;
      const law = new Array<number>(ITEMS).fill(0);
      ids.forEach((item, at) => law[item] = Math.exp(logQ[logQ.length === ids.length ? at : 0]!));
      assert(Math.abs(law.reduce((a, b) => a + b) - 1) < 1e-4, `${law}`);
      assertLaw(ids, law);
    }
  });
}

/** Items 0 to 3 have attribute a, 4 alone b. */
const attributes = {
  names: ["a", "b"],
  offsets: Int32Array.of(0, 1, 2, 3, 4, 5, 5, 5),
  targets: Int32Array.of(0, 0, 0, 0, 1),
};

Deno.test("category-balanced passes over a category of which a run excludes what the user has not met", async () => {
  const data = catalogueWhere([[0]], 7, { attributes }), rows = 2000, policy = samplers["category-balanced"]();
  const drawn = async (items: readonly number[]) => {
    const pairs = catalogueWhere([items], 7);
    return (await opened(policy, data, rows, 10, pairs).propose(batchOf(0, rows), drawIn(data, { excluded: pairs })))
      .ids as Int32Array;
  };
  assertLaw(await drawn([0, 4]), uniformOver([1, 2, 3], 7));
  assertLaw(await drawn([]), [1 / 8, 1 / 8, 1 / 8, 1 / 8, 1 / 2, 0, 0]);
});

Deno.test("attribute-dns finds what is alike however little of it is left, and the rest differs where it is to", async () => {
  const many = {
    names: ["a"],
    offsets: Int32Array.from({ length: 301 }, (_, item) => Math.min(item, 200)),
    targets: new Int32Array(200),
  };
  const data = catalogueWhere([Array.from({ length: 199 }, (_, item) => item)], 300, { attributes: many });
  const drawn = async (share: number, distinct = false) => {
    const policy = samplers["attribute-dns"]({ pool: 16, share });
    return (await opened(policy, data, 50).propose(batchOf(0, 50), drawIn(data, { distinct })))
      .candidates as Int32Array;
  };
  assert((await drawn(1)).every((item) => item === 199));
  const apart = await drawn(0, true);
  for (let row = 0; row < 50; row++) assert.equal(new Set(apart.subarray(16 * row, 16 * row + 16)).size, 16);
});

Deno.test("sbpr's social items are none that the run excludes, and the others none of theirs while there are any", async () => {
  const friends = { offsets: Int32Array.of(0, 1, 1), targets: Int32Array.of(1) };
  const social = Array.from({ length: 990 }, (_, at) => 5 + at),
    data = catalogueWhere([[0], social], 1000, { friends });
  const pairs = catalogueWhere([[0, ...social.slice(0, 800)], []], 1000), rows = 400;
  const drawn = (known: typeof data) =>
    opened(samplers.sbpr(), data, rows, 10, known).propose(batchOf(0, rows), drawIn(data, { excluded: known }));
  const all = await drawn(data), some = await drawn(pairs);
  assertLaw(all.other as Int32Array, uniformOver([1, 2, 3, 4, 995, 996, 997, 998, 999], 1000));
  assert((some.social as Int32Array).every((item) => item >= 805 && item < 995));
});

Deno.test("user-similarity asks what neighbours met in training, whatever the run excludes", async () => {
  const data = catalogueWhere([[0, 1], [0, 1, 2], [5]], 8),
    policy = samplers["user-similarity"]({
      pool: 400,
      neighbours: 1,
      similarity: "jaccard",
    });
  for (const pairs of [catalogueWhere([[], [], []], 8), catalogueWhere([[0, 1, 4], [0, 1, 2, 4], [5]], 8)]) {
    const sampler = opened(policy, data, 1, 10, pairs);
    const { candidates, support } = await sampler.propose(batchOf(0, 1), drawIn(data, { excluded: pairs }));
    const supported = new Set([...candidates as Int32Array].filter((_, at) => Number(support![at]) > 0));
    assert(supported.has(2) && [...supported].every((item) => item < 3), `${[...supported]}`);
  }
});

Deno.test("user-similarity never draws what all neighbours met while there is anything else, however high it scores", async () => {
  const runtime = await openRuntime({ provider: "wasm" }), data = catalogueWhere([[0]], 4), rows = 500;
  const select = await selector(runtime, samplers["user-similarity"]({ pool: 2, gamma: 1 }), data, rows);
  const { ids } = await select({
    candidates: Int32Array.from({ length: 2 * rows }, (_, at) => 1 + at % 2),
    support: Float32Array.from({ length: 2 * rows }, (_, at) => at % 2 === 0 ? 1 : 0.5),
  }, [0, 50, 0, 0]);
  assert(ids.every((item) => item === 2));
});
