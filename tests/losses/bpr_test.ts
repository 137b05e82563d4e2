import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { losses } from "../../losses/mod.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { assertFormula, GOLDEN, mean, near, sigmoid, softplus, sum } from "./formulas.ts";
import { lossOf, onWasm as onWasmWith } from "./scored.ts";

const bpr = losses.bpr(), onWasm = (body: Parameters<typeof onWasmWith>[1], loss = bpr) => onWasmWith(loss, body);

assertFormula("bpr", bpr, ({ p, drawn }) => Math.log1p(sum(drawn.map(({ n, w }) => w * Math.exp(n - p)))));
assertFormula(
  "bpr, of pairs,",
  losses.bpr({ form: "pairs" }),
  ({ p, drawn }) => mean(drawn.map(({ n, w }) => w * softplus(n - p))),
);
assertFormula(
  "bpr, without a logarithm,",
  losses.bpr({ form: "sigmoid" }),
  ({ p, drawn }) => mean(drawn.map(({ n, w }) => w * sigmoid(n - p))),
);

eachProvider("one positive at .7 and negatives at .2, .5, -.1 lose 1.055910", async (runtime) => {
  near((await lossOf(runtime, bpr, GOLDEN)).value, 1.05591);
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

Deno.test("of the golden scores the mean over pairs loses .481106, and one negative the same in both forms", async () => {
  const pairs = losses.bpr({ form: "pairs" }), one = { positive: [0.7], negative: [[0.2]] };
  await onWasm(async (of) => {
    near((await of(GOLDEN)).value, 0.481106);
    near((await of(one)).value, softplus(-0.5));
  }, pairs);
});
