import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { openRuntime } from "../../runtime/providers.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { ahns } from "../../samplers/ahns.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { ratings } from "./ahns_oracle.ts";
import { catalogueWhere, selector } from "./drawn.ts";
import { inner, layeredFeeds, layeredStep } from "./layered.ts";

/** Slots chosen from `scores`, a row each, for positives that score `positives`. */
async function slots(
  runtime: Runtime,
  options: Parameters<typeof ahns>[0],
  scores: readonly (readonly number[])[],
  positives: readonly number[],
): Promise<number[]> {
  const pool = scores[0]!.length, of = catalogueWhere([[]], scores.length * pool);
  const select = await selector(runtime, ahns({ pool, ...options }), of, scores.length);
  const candidates = Int32Array.from({ length: of.items }, (_, id) => id);
  const { ids } = await select({ candidates }, scores.flat(), positives);
  return Array.from(ids, (id, row) => id - row * pool);
}

const POSITIVES = [0.8, -0.2, 2];
const SCORES = [[0.1, 0.5, -0.3, 0.9], [0, 0.2, -0.5, 0.4], [0.03, 1, -0.1, 0.3]];
const GOLDEN = [ // [p, alpha, beta, the slot of each row]
  [-1, 1, 0.1, [0, 0, 0]], // targets .1, .1, .1; row 1 is a tie of slots 0 and 1
  [-1, 1, 0.4, [1, 3, 3]],
  [-2, 1, 0.1, [0, 1, 0]], // targets .055556, .125, .033333
  [-2, 0.5, 0.1, [0, 3, 0]], // targets .076923, .333333, .04
  [-2, 0.1, 0.4, [1, 2, 3]], // targets .444444, -4, .190476: the negative base picks the lowest score
] as const;

eachProvider("the golden choices of adaptive hardness are made, ties taking the lowest slot", async (runtime) => {
  for (const [p, alpha, beta, wanted] of GOLDEN) {
    assert.deepEqual(await slots(runtime, { p, alpha, beta }, SCORES, POSITIVES), wanted, `p ${p}, alpha ${alpha}`);
  }
});

Deno.test("with p = -1 the choice does not depend on alpha, nor on the positive's score", async () => {
  const runtime = await openRuntime({ provider: "wasm" });
  const chosen = (alpha: number, positives: readonly number[]) =>
    slots(runtime, { p: -1, alpha, beta: 0.4 }, SCORES, positives);
  for (const alpha of [0, 0.1, 0.5, 3, 100]) assert.deepEqual(await chosen(alpha, POSITIVES), [1, 3, 3]);
  assert.deepEqual(await chosen(1, [-5, 7, 0]), [1, 3, 3]);
});

Deno.test("the better the positive scores, the lower the negative's score", async () => {
  const runtime = await openRuntime({ provider: "wasm" }), positives = [-0.5, 0, 0.5, 1, 2, 4, 9];
  const scores = positives.map(() => [0.05, 0.01, 0.2, 0.15, 0.1, 0.02, 0.07]);
  const chosen = await slots(runtime, { p: -2, alpha: 1, beta: 0.1 }, scores, positives);
  // targets .2, .1, .0667, .05, .0333, .02, .01
  assert.deepEqual(chosen, [2, 4, 6, 0, 5, 5, 1]);
});

eachProvider("a base that the power does not take is what `domain` says", async (runtime) => {
  const scores = [[-3, 0.11, 5, 60]];
  const chosen = async (domain: "auto" | "compat" | "clamp" | "abs", p: number) =>
    (await slots(runtime, { p, alpha: 1, beta: 0.1, domain }, scores, [-2]))[0];
  // p = -1.5 takes the root of the base -1: not a number, so every rating is and slot 0 is left
  assert.equal(await chosen("compat", -1.5), 0);
  assert.equal(await chosen("clamp", -1.5), 3); // 0.1 / sqrt(1e-6) = 100
  assert.equal(await chosen("abs", -1.5), 1); // 0.1 / sqrt(1) = 0.1
  assert.equal(await chosen("auto", -1.5), 3); // as clamp
  // p = -2 takes its reciprocal: -0.1 under compat, 1e5 under clamp
  assert.deepEqual(await slots(runtime, { p: -2, alpha: 1, beta: 0.1 }, [[5, -0.2, -3, 0.2]], [-2]), [1]);
  assert.equal(await chosen("clamp", -2), 3);
});

Deno.test("a base of 0 makes the target infinite: every rating is, and slot 0 is left", async () => {
  // on WASM only: onnxruntime's WebGPU kernel makes 0 of 0 to the power -1
  const runtime = await openRuntime({ provider: "wasm" });
  assert.deepEqual(await slots(runtime, { p: -2, alpha: 1 }, [[-3, 0.11, 5, 60]], [-1]), [0]);
});

Deno.test("a candidate whose score is not a number or infinite is not chosen while another is finite", async () => {
  const runtime = await openRuntime({ provider: "wasm" });
  const scores = [[NaN, 7, 8], [Infinity, -Infinity, 9], [NaN, Infinity, -Infinity]];
  assert.deepEqual(await slots(runtime, {}, scores, [1, 1, 1]), [1, 2, 0]);
});

Deno.test("the choice is the argmin of the paper's formula, written again in TypeScript", async () => {
  const runtime = await openRuntime({ provider: "wasm" }), rows = 4, pool = 8, of = catalogueWhere([[]], rows * pool);
  const candidates = Int32Array.from({ length: rows * pool }, (_, id) => id), TOLERANCE = 1e-5;
  for (const p of [-3, -2, -1.5, -1, -0.5]) {
    for (const domain of ["compat", "clamp", "abs"] as const) {
      const settings = { p, alpha: 0.5, beta: 0.3, domain };
      const select = await selector(runtime, ahns({ pool, ...settings }), of, rows);
      const score = fc.integer({ min: -2000, max: 2000 }).map((x) => x / 1024); // exact in float32
      await fc.assert(
        fc.asyncProperty(
          fc.array(score, { minLength: rows * pool, maxLength: rows * pool }),
          fc.array(score, { minLength: rows, maxLength: rows }),
          async (scores, positives) => {
            const { ids } = await select({ candidates }, scores, positives);
            ids.forEach((id, row) => {
              const wanted = ratings(scores.slice(row * pool, (row + 1) * pool), positives[row]!, settings);
              const least = Math.min(...wanted), slot = id - row * pool;
              if (!Number.isFinite(least)) assert.equal(slot, 0);
              else assert(wanted[slot]! <= least + TOLERANCE * (1 + least), `slot ${slot} of ${wanted}`);
            });
          },
        ),
        { numRuns: 20, seed: 11 },
      );
    }
  }
});

eachProvider(
  "by cosine the choice is the argmin over the angles of layer means, and the loss keeps its scores",
  async (runtime) => {
    const rows = 4, pool = 6, of = catalogueWhere([[0], [0]], 30), shape = { rows, layers: 2, width: 3 };
    const options = { pool, p: -2, alpha: 1, beta: 0.3 }, feeds = layeredFeeds(of, rows, pool);
    const chosenBy = async (similarity: "score" | "cosine") => {
      const { tables, run } = await layeredStep(runtime, ahns({ ...options, similarity }), of, shape);
      return { tables, found: await run(tables, feeds) };
    };
    const { tables, found } = await chosenBy("cosine"), { found: byScore } = await chosenBy("score");
    const mean = (table: string, id: number) => {
      const [one, two] = [0, 1].map((layer) => tables[table]!.subarray((id * 2 + layer) * 3, (id * 2 + layer + 1) * 3));
      return Array.from(one!, (x, d) => (x + two![d]!) / 2);
    };
    const cosine = (a: readonly number[], b: readonly number[]) => inner(a, b) / Math.sqrt(inner(a, a) * inner(b, b));
    const wanted = Array.from({ length: rows }, (_, row) => {
      const user = mean("user", (feeds.users as Int32Array)[row]!), target = 0.3 / (cosine(user, mean("item", 0)) + 1);
      const ids = (feeds["sampler/candidates"] as Int32Array).subarray(row * pool, (row + 1) * pool);
      const off = Array.from(ids, (id) => Math.abs(cosine(user, mean("item", id)) - target));
      return { user, id: ids[off.indexOf(Math.min(...off))]! };
    });
    assert.deepEqual([...found.ids!], wanted.map(({ id }) => id));
    assert.notDeepEqual([...found.ids!], [...byScore.ids!]);
    const lost = wanted.map(({ user, id }) =>
      Math.log1p(Math.exp(inner(user, mean("item", id)) - inner(user, mean("item", 0))))
    );
    assert(Math.abs(found.loss![0]! - lost.reduce((a, b) => a + b) / rows) < 1e-5);
  },
);

eachProvider(
  "a target that is far from all scores is nearest to the highest or lowest, though float32 tells no difference",
  async (runtime) => {
    const scores = [[0.101, 0.5, 0.9005, 0.104]];
    for (
      const [p, domain, wanted] of [[-2.5, "auto", 2], [-3, "clamp", 2], [-2, "clamp", 2], [-2, "compat", 0]] as const
    ) {
      // bases of -4.9, raised as 1e-6: targets 1e8, 1e11 and 1e5; as it is .1 / -.0000001, -1e6
      const positive = domain === "compat" ? -0.1000001 : -5;
      assert.deepEqual(
        await slots(runtime, { p, domain, alpha: 0.1, beta: 0.1 }, scores, [positive]),
        [wanted],
        `p ${p}`,
      );
    }
  },
);
