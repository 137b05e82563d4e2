import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import type { Loss } from "../../losses/loss.ts";
import { losses } from "../../losses/mod.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { type Given, lossOf, onWasm, table } from "./scored.ts";

const near = (found: number, wanted: number, tolerance = 2e-6) =>
  assert(Math.abs(found - wanted) <= tolerance * Math.max(1, Math.abs(wanted)), `${found} is not ${wanted}`);
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softmax = (xs: readonly number[]) => {
  const top = Math.max(...xs), mass = xs.map((x) => Math.exp(x - top)), total = mass.reduce((a, b) => a + b);
  return mass.map((m) => m / total);
};
const sum = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0),
  mean = (xs: readonly number[]) => sum(xs) / xs.length;
const GOLDEN = { positive: [0.7], negative: [[0.2, 0.5, -0.1]] };

/** A loss of one row in plain TypeScript, of what is kept: terms with weights. */
type Oracle = (
  p: number,
  terms: readonly { readonly n: number; readonly w: number; readonly logQ: number }[],
  positiveLogQ: number,
) => number;
const oracles: Readonly<Record<string, readonly [Loss, Oracle]>> = {
  "bce, mean": [losses.bce({ weight: 2 }), (p, ts) => softplus(-p) + 2 * mean(ts.map(({ n, w }) => w * softplus(n)))],
  "bce, sum": [losses.bce({ negatives: "sum" }), (p, ts) => softplus(-p) + sum(ts.map(({ n, w }) => w * softplus(n)))],
  "hinge, sum": [losses.hinge({ margin: 0.5 }), (p, ts) => sum(ts.map(({ n, w }) => w * Math.max(0, 0.5 - p + n)))],
  "hinge, mean": [losses.hinge({ over: "mean" }), (p, ts) => mean(ts.map(({ n, w }) => w * Math.max(0, 1 - p + n)))],
  "hinge, max": [
    losses.hinge({ over: "max" }),
    (p, ts) => Math.max(...ts.map(({ n, w }) => w * Math.max(0, 1 - p + n))),
  ],
  "bpr, pairs": [losses.bpr({ form: "pairs" }), (p, ts) => mean(ts.map(({ n, w }) => w * softplus(n - p)))],
  "infonce, plain": [
    losses.infonce({ temperature: 0.5, correct: false }),
    (p, ts) => Math.log(Math.exp(p / 0.5) + sum(ts.map(({ n, w }) => w * Math.exp(n / 0.5)))) - p / 0.5,
  ],
  "infonce, corrected": [losses.infonce(), (p, ts, q) => {
    const x = p - q - Math.log(9); // 9 items
    return Math.log(Math.exp(x) + sum(ts.map(({ n, w, logQ }) => w * Math.exp(n - logQ - Math.log(9))))) - x;
  }],
  ccl: [
    losses.ccl({ margin: 0.1, weight: 3 }),
    (p, ts) => 1 - p + 3 * mean(ts.map(({ n, w }) => w * Math.max(0, n - 0.1))),
  ],
  "ccl, capped": [
    losses.ccl({ margin: -1, weight: 9, compat: "capped" }),
    (p, ts) => 1 - p + Math.min(1, 9 * mean(ts.map(({ n, w }) => w * Math.max(0, n + 1)))),
  ],
  "softmax-rho": [losses["softmax-rho"]({ rho: 0.7 }), (p, ts) => {
    const l = ts.map(({ n }) => softplus(n - p)), t = Math.sqrt(mean(l.map((x) => (x - mean(l)) ** 2)) / 1.4);
    return sum(softmax(ts.map(({ w, logQ }, k) => l[k]! / t - logQ + Math.log(w))).map((x, k) => x * l[k]!));
  }],
  dcl: [losses.dcl({ temperature: 0.5, prior: 0.1 }), (p, ts) => {
    const g = Math.max(
      (mean(ts.map(({ n, w }) => w * Math.exp(n / 0.5))) - 0.1 * Math.exp(p / 0.5)) / 0.9,
      Math.exp(-2),
    );
    return Math.log(Math.exp(p / 0.5) + 3 * g) - p / 0.5;
  }],
};

for (const [name, [loss, oracle]] of Object.entries(oracles)) {
  Deno.test(`${name} is its formula, with masks, weights, probabilities and padding`, async () => {
    const score = fc.integer({ min: -32, max: 32 }).map((x) => x / 16), rows = 3;
    const block = (values: fc.Arbitrary<number>) =>
      fc.array(fc.array(values, { minLength: 3, maxLength: 3 }), { minLength: rows, maxLength: rows });
    await onWasm(loss, (of) =>
      fc.assert(
        fc.asyncProperty(
          fc.array(score, { minLength: rows, maxLength: rows }),
          block(score),
          block(fc.integer({ min: 1, max: 8 })),
          async (positive, negative, weights) => {
            const mask = [[1, 1, 1], [0, 1, 1], [1, 1, 1]], weight = weights.map((row) => row.map((x) => x / 4));
            const logQ = weights.map((row) => row.map((x) => -x / 2)),
              positiveLogQ = [-1, -2, -3],
              pads = [1, 1, 0],
              positiveWeight = [1, 2, 5];
            const { value } = await of({
              positive,
              negative,
              mask,
              weight,
              logQ,
              positiveLogQ,
              rows: pads,
              positiveWeight,
              items: 9,
            });
            const wanted = positive.map((p, row) => {
              const terms = negative[row]!.map((n, k) => ({ n, w: weight[row]![k]!, logQ: logQ[row]![k]! })).filter((
                _,
                k,
              ) => mask[row]![k]);
              return positiveWeight[row]! * oracle(p, terms, positiveLogQ[row]!);
            });
            near(value, (wanted[0]! + wanted[1]!) / 2, 1e-5);
          },
        ),
        { numRuns: 6, seed: 4 },
      ));
  });
}

Deno.test("infonce of the golden scores, and it does not change when a constant is added to all scores", () =>
  onWasm(losses.infonce({ temperature: 0.5 }), async (of) => {
    near((await of(GOLDEN)).value, 0.806519);
    near((await of({ positive: [5.7], negative: [[5.2, 5.5, 4.9]] })).value, 0.806519, 1e-5);
  }));

Deno.test("a uniform law is no correction, and only what departs from it is one", () =>
  onWasm(losses.infonce({ temperature: 0.5 }), async (of) => {
    const uniform = -Math.log(9), given = { ...GOLDEN, items: 9 };
    near((await of({ ...given, logQ: [[uniform, uniform, uniform]] })).value, 0.806519);
    const twice = await of({ ...given, logQ: [[uniform + Math.LN2, uniform, uniform]] });
    near(twice.value, (await of({ ...given, weight: [[0.5, 1, 1]] })).value);
  }));

const own = new Map([["user", table([1, 1], [1])], ["item", table([3, 1], [0.3, -0.2, 0.1])]]);
eachProvider("advinfonce of the golden scores", async (runtime) => {
  const loss = losses.advinfonce({ temperature: 0.5, harder: 1, dim: 1 });
  near((await lossOf(runtime, loss, { ...GOLDEN, tensors: own })).value, 0.771242);
});

Deno.test("even weights and k_neg 1 make advinfonce InfoNCE; the adversary's epochs are a few, apart, after a warm-up", async () => {
  const loss = losses.advinfonce({ temperature: 0.5, harder: 1, dim: 1, every: 5, warmup: 2, ascents: 3 });
  const even = new Map([["user", table([1, 1], [0])], ["item", table([3, 1], [1, 2, 3])]]);
  await onWasm(loss, async (of) => near((await of({ ...GOLDEN, tensors: even })).value, 0.806519));
  const epochs = Array.from({ length: 40 }, (_, epoch) => epoch).filter(loss.adversary!.ascends);
  assert.deepEqual(epochs, [2, 7, 12]);
});

Deno.test("a prior of 0 makes dcl InfoNCE, and hardness weighs the hard", async () => {
  await onWasm(losses.dcl({ temperature: 0.5, prior: 0 }), async (of) => near((await of(GOLDEN)).value, 0.806519));
  const w = softmax(GOLDEN.negative[0]!.map((n) => 2 * n / 0.5)),
    g = sum(GOLDEN.negative[0]!.map((n, k) => 3 * w[k]! * Math.exp(n / 0.5)));
  await onWasm(
    losses.dcl({ temperature: 0.5, prior: 0, hardness: 2 }),
    async (of) => near((await of(GOLDEN)).value, Math.log(Math.exp(1.4) + g) - 1.4),
  );
});

Deno.test("where all that is left of the negatives is the prior's share, the floor e^(-1/t) stands", () =>
  onWasm(losses.dcl({ temperature: 0.5, prior: 0.5 }), async (of) => {
    const { value } = await of({ positive: [0.9], negative: [[-0.9, -0.9]] });
    near(value, Math.log(Math.exp(1.8) + 2 * Math.exp(-2)) - 1.8);
  }));

const frozen = { positive: [0.3], negative: [[0.1, 0.6, -0.4]] };
Deno.test("one negative makes sdpo DPO; several a soft maximum over them", () =>
  onWasm(losses.sdpo({ beta: 2 }), async (of) => {
    const rewards = (k: number) => 2 * (GOLDEN.negative[0]![k]! - frozen.negative[0]![k]! - (0.7 - 0.3));
    const one = { positive: [0.7], negative: [[0.2]], frozen: { positive: [0.3], negative: [[0.1]] } };
    near((await of(one)).value, softplus(rewards(0)));
    near((await of({ ...GOLDEN, frozen })).value, Math.log(1 + sum([0, 1, 2].map((k) => Math.exp(rewards(k))))));
  }));

Deno.test("without a reference sdpo is BPR over scores, and asks for no frozen model", async () => {
  const loss = losses.sdpo({ reference: "none" });
  assert.equal(loss.frozen, undefined);
  await onWasm(loss, async (of) => near((await of(GOLDEN)).value, 1.05591));
});

Deno.test("napo adds a margin by confidence: none at gamma 0, more loss with more gamma", async () => {
  const at = async (options: Parameters<typeof losses.napo>[0]) => {
    let found = NaN;
    await onWasm(losses.napo({ beta: 2, ...options }), async (of) => {
      found = (await of({ ...GOLDEN, frozen })).value;
    });
    return found;
  };
  const rewards = GOLDEN.negative[0]!.map((n, k) => 2 * (n - frozen.negative[0]![k]! - 0.4));
  const wanted = (margin: readonly number[]) => Math.log(1 + sum(rewards.map((r, k) => Math.exp(r + margin[k]!))));
  near(await at({ gamma: 0 }), wanted([0, 0, 0]));
  near(await at({ gamma: 1.5 }), wanted(frozen.negative[0]!.map((s) => 1.5 * (1 - sigmoid(s)))));
  near(await at({ gamma: 1, confidence: "rank" }), wanted([1 - 1 / 3, 1 - 2 / 3, 1])); // one, two and none score below
  near(await at({ gamma: 1, confidence: "rank", centred: true }), wanted([0.5, 0.5 - 1 / 3, 0.5 + 1 / 3]));
  assert(await at({ gamma: 2 }) > await at({ gamma: 1 }));
});

const x0 = (x: readonly number[]) => Math.sqrt(1 + sum(x.map((v) => v * v)));
const T = (x: readonly number[], y: readonly number[]) => {
  const product = x0(x) * x0(y);
  return (1 + product - sum(x.map((v, d) => v * y[d]!)) - x0(x) - x0(y)) / product;
};
const u = [0.3, 0.4], p = [-0.1, 0.2], n = [0.5, -0.6];
const triple = (given: Partial<Given["vectors"]> = {}): Given => ({
  positive: [0],
  negative: [[0]],
  vectors: { query: [u], positive: [p], negative: [[n]], ...given },
});

Deno.test("hyperbolic triplets are their formulas; T of the golden points is golden", async () => {
  near(T(u, p), -0.041099, 1e-5);
  const dot = sum(p.map((v, d) => v * n[d]!)),
    decay = 1e-3 * dot * dot,
    [u0, p0, n0] = [u, p, n].map(x0) as [number, number, number];
  const uv = (a: readonly number[], b: readonly number[]) => sum(a.map((v, d) => v * b[d]!));
  const released =
    (1 + u0 * p0 - uv(u, p) - n0 - (1 + u0 * n0 - uv(u, n) - p0) - 0.1 * (1 + p0 * n0 - uv(p, n) - p0 - n0 - u0)) /
    (u0 * p0 + u0 * n0 + p0 * n0);
  for (
    const [form, z] of [
      ["distance", T(u, n) - T(u, p) + 0.1 * T(p, n)],
      ["triplh", released],
      ["triangle", T(u, p) - T(u, n) - 0.1 * T(p, n)],
    ] as const
  ) {
    await onWasm(
      losses["triplet-lorentz"]({ form }),
      async (of) => near((await of(triple())).value, softplus(-z) + decay, 1e-5),
    );
  }
});

Deno.test("hyperbolic triplets of equal points have finite losses", () =>
  onWasm(losses["triplet-lorentz"](), async (of) => {
    for (const x of [u, [0, 0]]) {
      const { value } = await of(triple({ query: [x], positive: [x], negative: [[x]] }));
      assert(Number.isFinite(value));
    }
  }));

for (const [name, make] of Object.entries(losses)) {
  Deno.test(`${name} of scores a thousand apart is finite, and so are its slopes`, () =>
    onWasm(make(), async (of) => {
      for (const [positive, negative] of [[-500, 500], [500, -500], [0, 0]] as const) {
        const given = { positive: [positive, positive], negative: [[negative, 0], [0, negative]] };
        const { value, dp, dn } = await of({ ...given, frozen: given });
        assert([value, ...dp, ...dn].every(Number.isFinite), `${value}; ${dp}; ${dn}`);
      }
    }));
}
