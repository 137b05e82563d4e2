import { add, div } from "../../graphs/ops/arithmetic.ts";
import { cast } from "../../graphs/ops/compare.ts";
import { losses } from "../../losses/mod.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { near, softplus, sum } from "./formulas.ts";
import { type Given, LEFT, lossOf, onWasm } from "./scored.ts";

const { preferdiff } = losses;
type Vector = readonly number[];
const cosine = (a: Vector, b: Vector) => sum(a.map((x, d) => x * b[d]!)) / (Math.hypot(...a) * Math.hypot(...b));

/** Three rows of width 2, one of which pads, at the last, the first and the middle level. */
const base = {
  positive: [0, 0, 0],
  negative: [[0, 0, 0], [0, 0, 0], [0, 0, 0]],
  vectors: {
    query: [[0.4, -0.3], [1.1, 0.2], [0.5, 0.5]],
    positive: [[0.9, 0.1], [-0.4, 1.3], [0.2, 0.2]],
    negative: [[[1, 0], [0, 1], [-2, 0.5]], [[0.3, 0.3], [-1, 0.2], [0.5, -0.7]], [[1, 1], [2, 2], [3, 1]]],
  },
  mask: [[1, 1, 0], [1, 1, 1], [1, 1, 1]],
  weight: [[1, 2, 5], [1, 0.5, 1], [1, 1, 1]],
  positiveWeight: [1, 2, 3],
  rows: [1, 1, 0],
  noise: { level: [0.99, 0, 0.4], positive: [0.3, -0.8, 1.2, 0.1, 0, 0], negative: [-0.6, 0.2, 0.5, -1.1, 0, 0] },
} as const;
const LEVELS = [2, 0, 1];

/** The loss by its formula, of guesses x + query + level / 10. */
function formula(given: typeof base, lambda: number, gamma: number, compat: "paper" | "code"): number {
  const { vectors, mask, weight, rows, positiveWeight, noise } = given;
  const error = (row: number, x0: Vector, eps: Vector) => {
    const left = LEFT[LEVELS[row]!]!;
    const guess = x0.map((x, d) =>
      Math.sqrt(left) * x + Math.sqrt(1 - left) * eps[2 * row + d]! + vectors.query[row]![d]! + LEVELS[row]! / 10
    );
    const off = 1 - cosine(guess, x0);
    return compat === "code" ? off * off : off;
  };
  const kept = [0, 1, 2].filter((row) => rows[row] === 1);
  const errors = kept.map((row) => {
    const shares = mask[row]!.map((keeps, k) => keeps * weight[row]![k]!), all = sum(shares);
    const centroid = [0, 1].map((d) => sum(shares.map((share, k) => share * vectors.negative[row]![k]![d]!)) / all);
    return { plus: error(row, vectors.positive[row]!, noise.positive), minus: error(row, centroid, noise.negative) };
  });
  const mean = sum(errors.map(({ plus, minus }) => plus - minus)) / kept.length;
  const terms = errors.map(({ plus, minus }, at) =>
    positiveWeight[kept[at]!]! *
    (lambda * plus + (1 - lambda) * softplus(gamma * (compat === "code" ? mean : plus - minus)))
  );
  return sum(terms) / kept.length;
}
const guess: Given["guess"] = (x, levels, query) => add(add(x, query), div(cast(levels, "float32"), 10));

for (const compat of ["paper", "code"] as const) {
  eachProvider(`preferdiff by ${compat} is its formula, with masks, weights and padding`, async (runtime) => {
    for (const [lambda, gamma] of [[0.4, 5], [0, 1], [1, 5]] as const) {
      const { value } = await lossOf(runtime, preferdiff({ lambda, gamma, compat }), { ...base, guess });
      near(value, formula(base, lambda, gamma, compat), 1e-5);
    }
  });

  Deno.test(`the slopes of preferdiff by ${compat} are those of differences`, () =>
    onWasm(preferdiff({ compat }), async (of) => {
      const { slopes } = await of({ ...base, guess }), STEP = 1e-5;
      for (const part of ["query", "positive"] as const) {
        for (let at = 0; at < 6; at++) {
          const moved = (h: number) => {
            const rows = base.vectors[part].map((x, row) => x.map((v, d) => 2 * row + d === at ? v + h : v));
            return formula({ ...base, vectors: { ...base.vectors, [part]: rows } }, 0.4, 5, compat);
          };
          const name = part === "query" ? part : "positive vector";
          near(slopes[name]![at]!, (moved(STEP) - moved(-STEP)) / (2 * STEP), 1e-4);
        }
      }
      for (let at = 0; at < 18; at++) {
        const moved = (h: number) => {
          const negative = base.vectors.negative.map((xs, row) =>
            xs.map((x, k) => x.map((v, d) => 6 * row + 2 * k + d === at ? v + h : v))
          );
          return formula(
            { ...base, vectors: { ...base.vectors, negative } } as unknown as typeof base,
            0.4,
            5,
            compat,
          );
        };
        near(slopes["negative vector"]![at]!, (moved(STEP) - moved(-STEP)) / (2 * STEP), 1e-4);
      }
    }));
}

Deno.test("with lambda 1 preferdiff is plain diffusion: negatives count for nothing", () =>
  onWasm(preferdiff({ lambda: 1 }), async (of) => {
    const given = { ...base, guess: (x: Parameters<NonNullable<Given["guess"]>>[0]) => x, rows: [1, 0, 0] };
    const x = base.vectors.positive[0],
      noisy = x.map((v, d) => Math.sqrt(LEFT[2]!) * v + Math.sqrt(1 - LEFT[2]!) * base.noise.positive[d]!);
    const found = await of(given);
    near(found.value, 1 - cosine(noisy, x), 1e-5);
    near((await of({ ...given, weight: [[3, 1, 1], [1, 1, 1], [1, 1, 1]] })).value, found.value);
    const slopes = found.slopes["negative vector"] ?? [];
    for (const slope of slopes) near(slope, 0);
  }));

Deno.test("errors that are the same on both sides leave (1 - lambda) log 2 of the preference", async () => {
  const same = {
    ...base,
    vectors: { ...base.vectors, negative: base.vectors.positive.map((x) => [x, x, x]) },
    noise: { ...base.noise, negative: base.noise.positive },
    rows: [1, 0, 0],
  };
  for (const compat of ["paper", "code"] as const) {
    for (const lambda of [0, 0.25]) {
      await onWasm(preferdiff({ lambda: 1, compat }), async (whole) => {
        const plus = (await whole(same)).value;
        await onWasm(preferdiff({ lambda, compat }), async (of) => {
          near((await of(same)).value, lambda * plus + (1 - lambda) * Math.LN2, 1e-5);
        });
      });
    }
  }
});

Deno.test("several negatives are as their centroid is", () =>
  onWasm(preferdiff(), async (of) => {
    const one = { positive: [0], vectors: { query: [[0.4, -0.3]], positive: [[0.9, 0.1]] } };
    const lost = async (negative: readonly Vector[], more: Partial<Given> = {}) =>
      (await of({
        ...one,
        ...more,
        negative: [negative.map(() => 0)],
        vectors: { ...one.vectors, negative: [negative] },
      })).value;
    const wanted = await lost([[0.5, 2]]);
    near(await lost([[1, 0], [0, 4]]), wanted);
    near(await lost([[1, 0], [0, 4], [9, 9]], { mask: [[1, 1, 0]] }), wanted);
    near(await lost([[0.5, 0], [0.5, 8 / 3]], { weight: [[1, 3]] }), wanted);
    near(await lost([[0.5, 0], [0.5, 8 / 3]], { weight: [[0.01, 0.03]] }), wanted);
  }));
