import assert from "node:assert/strict";
import { openRuntime } from "../../runtime/providers.ts";
import { dns } from "../../samplers/dns.ts";
import { dnsMn } from "../../samplers/dns_mn.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { assertLaw } from "./chi_square.ts";
import { catalogueWhere, selector } from "./drawn.ts";

const POOL = [4, 9, -1, 7, 9, 0, 2, 5]; // hardest first: slots 1, 4 (a tie), 3, 7, 0, 6, 5, 2

/** Slots chosen for `rows` equal pools. */
async function slots(options: Parameters<typeof dnsMn>[0], rows: number): Promise<number[]> {
  const runtime = await openRuntime({ provider: "wasm" }), of = catalogueWhere([[]], POOL.length);
  const select = await selector(runtime, dnsMn({ pool: POOL.length, ...options }), of, rows);
  const candidates = Int32Array.from({ length: rows * POOL.length }, (_, at) => at % POOL.length);
  const { ids } = await select({ candidates }, POOL);
  await runtime.dispose();
  return [...ids];
}

Deno.test("all of the top M become negatives, hardest first", async () => {
  assert.deepEqual(await slots({ top: 4, mode: "all" }, 2), [1, 4, 3, 7, 1, 4, 3, 7]);
});

Deno.test("each of the top M is as likely as the others, and nothing else is chosen", async () => {
  assertLaw(await slots({ top: 3 }, 6000), [0, 1 / 3, 0, 1 / 3, 1 / 3, 0, 0, 0]);
});

Deno.test("the harmonic choice takes rank r with probability proportional to 1 / r", async () => {
  const total = 1 + 1 / 2 + 1 / 3 + 1 / 4;
  const law = [0, 1 / total, 0, 1 / (3 * total), 1 / (2 * total), 0, 0, 1 / (4 * total)];
  assertLaw(await slots({ top: 4, mode: "harmonic" }, 6000), law);
});

Deno.test("as many as the pool holds is uniform over the pool", async () => {
  assertLaw(await slots({ top: 100 }, 6000), new Array<number>(8).fill(1 / 8));
});

eachProvider("the top one is dynamic negative sampling, whatever the mode", async (runtime) => {
  const rows = 3, of = catalogueWhere([[]], 8), candidates = Int32Array.of(0, 1, 2, 3, 3, 2, 5, 7, 6, 6, 5, 0);
  const scores = [4, 9, -1, 7, 9, NaN, 2, Infinity];
  const wanted = await (await selector(runtime, dns({ pool: 2, negatives: 2 }), of, rows))({ candidates }, scores);
  for (const mode of ["uniform", "all", "harmonic"] as const) {
    const select = await selector(runtime, dnsMn({ pool: 2, top: 1, negatives: 2, mode }), of, rows);
    assert.deepEqual((await select({ candidates }, scores)).ids, wanted.ids, mode);
  }
});
