import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { gradients } from "../../graphs/autodiff.ts";
import { GraphBuilder, type Value, type Variable } from "../../graphs/builder.ts";
import { zeros } from "../../graphs/initializers.ts";
import type { Loss } from "../../losses/loss.ts";
import { losses } from "../../losses/mod.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import type { Runtime } from "../../runtime/runtime.ts";

interface Given {
  readonly positive: readonly number[];
  readonly negative: readonly (readonly number[])[];
  readonly rows?: readonly number[];
  readonly mask?: readonly (readonly number[])[];
  readonly weight?: readonly (readonly number[])[];
}

/** A loss of given scores and its gradients, on a fresh graph whose variables are the scores. */
async function lossOf(runtime: Runtime, loss: Loss, { positive, negative, rows, mask, weight }: Given) {
  const graph = new GraphBuilder(), height = positive.length, width = negative[0]!.length;
  const fed = (name: string, shape: readonly number[]) => graph.input(name, "float32", shape);
  const p = graph.variable("p", [height, 1], zeros), n = graph.variable("n", [height, width], zeros);
  const value = loss({
    positive: p,
    negative: n,
    ...(rows && { rows: fed("rows", [height, 1]) }),
    ...(mask && { mask: fed("mask", [height, width]) }),
    ...(weight && { weight: fed("weight", [weight.length, width]) }),
  });
  const slopes = gradients(value, [p, n]), slope = (of: Variable) => slopes.get(of) as Value;
  const program = await runtime.compile(graph, { outputs: { value, dp: slope(p), dn: slope(n) } });
  const table = (shape: readonly number[], data: readonly number[]) => ({ shape, data: Float32Array.from(data) });
  await runtime.load(
    new Map([["p", table([height, 1], positive)], ["n", table([height, width], negative.flat())]]),
  );
  const given = { rows, mask: mask?.flat(), weight: weight?.flat() };
  const out = await program.run(
    Object.fromEntries(
      Object.entries(given).flatMap(([name, data]) => data ? [[name, Float32Array.from(data)]] : []),
    ),
  );
  await program.dispose();
  return { value: out.value![0] as number, dp: out.dp as Float32Array, dn: out.dn as Float32Array };
}
const near = (found: number, wanted: number, tolerance = 1e-6) =>
  assert(Math.abs(found - wanted) <= tolerance * Math.max(1, Math.abs(wanted)), `${found} is not ${wanted}`);
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const bpr = losses.bpr();
/** Runs `body` with a function from scores to the loss on one WASM runtime. */
const onWasm = async (body: (of: (given: Given) => ReturnType<typeof lossOf>) => Promise<void>, loss = bpr) => {
  const runtimes: Runtime[] = [];
  await body(async (given) => {
    const runtime = await openRuntime({ provider: "wasm" });
    runtimes.push(runtime);
    return await lossOf(runtime, loss, given);
  });
  for (const runtime of runtimes) await runtime.dispose();
};

eachProvider("one positive at .7 and negatives at .2, .5, -.1 lose 1.055910", async (runtime) => {
  near((await lossOf(runtime, bpr, { positive: [0.7], negative: [[0.2, 0.5, -0.1]] })).value, 1.05591, 1e-6);
});

Deno.test("one negative loses softplus(s- - s+), which is -log sigmoid(s+ - s-)", () =>
  onWasm(async (of) => {
    near((await of({ positive: [0.7], negative: [[0.2]] })).value, softplus(-0.5));
    near(
      (await of({ positive: [1, -2, 0], negative: [[0], [3], [0]] })).value,
      (softplus(-1) + softplus(5) + Math.LN2) / 3,
    );
  }));

Deno.test("a masked negative counts for nothing, with one negative and with several", () =>
  onWasm(async (of) => {
    const masked = await of({ positive: [0.7], negative: [[0.2, 99, -0.1]], mask: [[1, 0, 1]] });
    near(masked.value, (await of({ positive: [0.7], negative: [[0.2, -0.1]] })).value);
    assert.equal(masked.dn[1], 0);
    assert.equal((await of({ positive: [0.7], negative: [[0.2]], mask: [[0]] })).value, 0);
  }));

Deno.test("a weight multiplies its negative's term, and a weight of 0 takes it out", () =>
  onWasm(async (of) => {
    const wanted = Math.log(1 + 2 * Math.exp(0.2 - 0.7) + 0.5 * Math.exp(0.5 - 0.7));
    near((await of({ positive: [0.7], negative: [[0.2, 0.5]], weight: [[2, 0.5]] })).value, wanted);
    near((await of({ positive: [0.7], negative: [[0.2]], weight: [[3]] })).value, Math.log(1 + 3 * Math.exp(-0.5)));
    near((await of({ positive: [0.7], negative: [[0.2, 5]], weight: [[1, 0]] })).value, softplus(-0.5));
    const shared = await of({ positive: [0.7, 0.7], negative: [[0.2, 0.5], [0.2, 0.5]], weight: [[2, 0.5]] });
    near(shared.value, wanted);
  }));

Deno.test("rows that pad a batch contribute neither to the loss nor to a gradient, and do not thin the mean", () =>
  onWasm(async (of) => {
    for (const width of [1, 2]) {
      const negative = [[0.2, 1], [0.4, -1], [9, 9], [-9, 3]].map((row) => row.slice(0, width));
      const padded = await of({ positive: [0.7, 0.1, 5, -5], negative, rows: [1, 1, 0, 0] });
      const plain = await of({ positive: [0.7, 0.1], negative: negative.slice(0, 2) });
      near(padded.value, plain.value);
      padded.dp.forEach((slope, row) => near(slope, plain.dp[row] ?? 0));
      padded.dn.forEach((slope, at) => near(slope, plain.dn[at] ?? 0));
    }
  }));

Deno.test("margins of a thousand either way give finite losses and gradients", () =>
  onWasm(async (of) => {
    for (const rest of [[], [0]]) {
      const wrong = await of({ positive: [-500], negative: [[500, ...rest]] });
      near(wrong.value, 1000);
      near(wrong.dp[0]!, -1);
      const right = await of({ positive: [500], negative: [[-500, ...rest]] });
      near(right.value, 0);
      near(right.dp[0]!, 0);
    }
  }));

Deno.test("adding a constant to every score changes nothing", async () => {
  const scores = fc.array(fc.integer({ min: -64, max: 64 }).map((x) => x / 16), { minLength: 4, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(scores, fc.integer({ min: -8, max: 8 }), ([p, ...n], shift) =>
      onWasm(async (of) => {
        const plain = await of({ positive: [p!], negative: [n] });
        const shifted = await of({ positive: [p! + shift], negative: [n.map((x) => x + shift)] });
        near(shifted.value, plain.value);
        near(shifted.dp[0]!, plain.dp[0]!);
      })),
    { numRuns: 10, seed: 3 },
  );
});

for (const [name, make] of Object.entries(losses)) {
  Deno.test(`the gradients of ${name} are its finite differences`, () =>
    onWasm(async (of) => {
      const STEP = 1 / 128, TOLERANCE = 2e-4;
      const given = {
        positive: [0.7, -0.4, 0],
        negative: [[0.2, 0.5], [-0.1, 1], [0.3, -0.8]],
        mask: [[1, 1], [0, 1], [1, 1]],
        weight: [[1, 0.5], [2, 1], [0.25, 1]],
        rows: [1, 1, 0],
      };
      const { dp, dn } = await of(given);
      const at = (xs: readonly number[], i: number, h: number) => xs.map((x, j) => j === i ? x + h : x);
      for (let row = 0; row < 3; row++) {
        const moved = async (h: number) => (await of({ ...given, positive: at(given.positive, row, h) })).value;
        near(dp[row]!, (await moved(STEP) - await moved(-STEP)) / (2 * STEP), TOLERANCE);
        for (let k = 0; k < 2; k++) {
          const moved = async (h: number) =>
            (await of({ ...given, negative: given.negative.map((xs, r) => r === row ? at(xs, k, h) : xs) })).value;
          near(dn[2 * row + k]!, (await moved(STEP) - await moved(-STEP)) / (2 * STEP), TOLERANCE);
        }
      }
      assert(dp[0]! < -0.05 && dn[0]! > 0.05, "the slopes are far from zero");
    }, make()));
}
