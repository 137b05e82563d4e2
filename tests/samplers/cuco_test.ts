import assert from "node:assert/strict";
import { openRuntime } from "../../runtime/providers.ts";
import { cuco } from "../../samplers/cuco.ts";
import { dns } from "../../samplers/dns.ts";
import { rns } from "../../samplers/rns.ts";
import { batchOf, catalogueWhere, drawIn, opened, proposals, selector } from "./drawn.ts";

/** Candidates in play at each epoch of 0 .. 10, of a pool of 8. */
async function sizes(options: Parameters<typeof cuco>[0], runEpochs = 10): Promise<number[]> {
  const of = catalogueWhere([[]], 20), sampler = opened(cuco({ pool: 8, ...options }), of, 1, runEpochs), found = [];
  for (let epoch = 0; epoch <= 10; epoch++) {
    const { kept } = await sampler.propose(batchOf(0, 1), drawIn(of, { epoch }));
    found.push(kept[0] as number);
  }
  return found;
}

Deno.test("the linear pace keeps floor((1 - t / T) M) candidates, and one at least", async () => {
  assert.deepEqual(await sizes({}), [8, 7, 6, 5, 4, 4, 3, 2, 1, 1, 1]);
  assert.deepEqual(await sizes({ epochs: 5 }), [8, 6, 4, 3, 1, 1, 1, 1, 1, 1, 1]);
  assert.deepEqual(await sizes({ epochs: 5 }), await sizes({}, 5));
});

Deno.test("a share of the pool that is whole is kept whole, though its quotient is rounded", async () => {
  for (const pool of [5, 10, 20, 50]) {
    for (const epochs of [10, 50, 100]) {
      const of = catalogueWhere([[]], 20), left = Array.from({ length: epochs }, (_, epoch) => epochs - epoch);
      const found = async (reverse: boolean) => {
        const sampler = opened(cuco({ pool, reverse }), of, 1, epochs), draws = [];
        for (const epoch of left.keys()) draws.push(await sampler.propose(batchOf(0, 1), drawIn(of, { epoch })));
        return draws.map(({ kept }) => kept[0]);
      };
      const wanted = (of: number) => Math.max(1, Math.floor(of * pool / epochs)); // whole numbers: not rounded
      assert.deepEqual(await found(false), left.map(wanted));
      assert.deepEqual(await found(true), left.map((of) => wanted(epochs - of)));
    }
  }
});

Deno.test("the other paces start full and end at one; reversed they grow", async () => {
  for (const pace of ["linear", "root", "exp", "log"] as const) {
    const found = await sizes({ pace }), grown = await sizes({ pace, reverse: true });
    assert.deepEqual([found[0], found.at(-1)], [8, 1]);
    assert.deepEqual(found, found.toSorted((a, b) => b - a));
    assert.deepEqual([grown[0], grown.at(-1)], [1, 8]);
    assert.equal((await sizes({ pace, reverse: true, epochs: 4 })).at(-1), 8); // once it is over all stay in play
  }
  assert.equal((await sizes({ pace: "root" }))[5], 2); // floor((1 - sqrt(1/2)) 8) = floor(2.34)
  assert.equal((await sizes({ pace: "exp" }))[5], 3); // floor((e^.5 - 1) / (e - 1) 8) = floor(3.02)
  assert.equal((await sizes({ pace: "log" }))[5], 3); // floor((1 - ln(1 + .5 (e - 1))) 8) = floor(3.04)
});

Deno.test("at first it chooses as dns does, at last as rns: the first candidate", async () => {
  const of = catalogueWhere([[0, 2], [], [1]], 9), users = Int32Array.from({ length: 30 }, (_, at) => at % 3);
  const runtime = await openRuntime({ provider: "wasm" }), scores = Array.from({ length: 9 }, (_, id) => (id * 5) % 9);
  const drawn = await proposals(cuco({ pool: 4 }), drawIn(of), users, 30, "candidates");
  assert.deepEqual(drawn, await proposals(dns({ pool: 4 }), drawIn(of), users, 30, "candidates"));
  const candidates = Int32Array.from(drawn), select = await selector(runtime, cuco({ pool: 4 }), of, 30);
  const chosen = async (kept: number) => [...(await select({ candidates, kept: Float32Array.of(kept) }, scores)).ids];
  const hardest = await (await selector(runtime, dns({ pool: 4 }), of, 30))({ candidates }, scores);
  assert.deepEqual(await chosen(4), [...hardest.ids]);
  const first = drawn.filter((_, at) => at % 4 === 0);
  assert.deepEqual(await chosen(1), first);
  assert.equal(first[0], (await proposals(rns(), drawIn(of), users, 30, "ids"))[0]);
  const firstTwo = drawn.flatMap((id, at) =>
    at % 4 === 0 ? [scores[drawn[at + 1]!]! > scores[id]! ? drawn[at + 1]! : id] : []
  );
  assert.deepEqual(await chosen(2), firstTwo);
});
