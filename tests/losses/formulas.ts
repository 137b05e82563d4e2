import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import type { Loss } from "../../losses/loss.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { Provider } from "../../runtime/runtime.ts";
import { webgpuTest } from "../runtime/webgpu_test_case.ts";
import { type Given, lossOf } from "./scored.ts";

/** A negative that is kept. */
export interface Drawn {
  readonly n: number;
  readonly w: number;
  readonly logQ: number;
  readonly frozen: number;
}
/** A row that holds an interaction and a negative. */
export interface Row {
  readonly p: number;
  readonly positiveLogQ: number;
  readonly frozen: number;
  readonly drawn: readonly Drawn[];
}
/** A row's loss in plain TypeScript. What carries no gradient in it is to be computed of `held`. */
export type Formula = (row: Row, held: Row) => number;

export const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
export const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
export const sum = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0);
export const mean = (xs: readonly number[]) => sum(xs) / xs.length;
export function softmax(xs: readonly number[]): readonly number[] {
  const top = Math.max(...xs), mass = xs.map((x) => Math.exp(x - top)), total = sum(mass);
  return mass.map((m) => m / total);
}
export const near = (found: number, wanted: number, tolerance = 2e-6) =>
  assert(Math.abs(found - wanted) <= tolerance * Math.max(1, Math.abs(wanted)), `${found} is not ${wanted}`);
/** The golden scores of tests: what is known of each loss of them was computed elsewhere. */
export const GOLDEN = { positive: [0.7], negative: [[0.2, 0.5, -0.1]] };

/** Items of the catalogue that formulas see. */
export const ITEMS = 9;
const HEIGHT = 16, WIDTH = 3, STEP = 1e-5;

/** On no kink of a formula: scores keep off the multiples of 1/16 by unlike parts. */
const score = (off: number) => fc.integer({ min: -32, max: 32 }).map((x) => x / 16 + off);
const quarter = fc.integer({ min: 1, max: 8 }).map((x) => x / 4), logQ = quarter.map((x) => -2 * x);
const batch = fc.array(
  fc.record({
    p: score(0.0271),
    positiveLogQ: logQ,
    frozen: score(0),
    times: quarter,
    interacts: fc.boolean(),
    drawn: fc.array(
      fc.record({ n: score(0.0133), w: fc.oneof(quarter, fc.constant(0)), logQ, frozen: score(0), kept: fc.boolean() }),
      { minLength: WIDTH, maxLength: WIDTH },
    ),
  }),
  { minLength: HEIGHT, maxLength: HEIGHT },
).filter((rows) => rows.some(({ interacts }) => interacts));
type Batch = typeof batch extends fc.Arbitrary<infer B> ? B : never;

const given = (rows: Batch): Given => {
  const column = (of: (row: Batch[number]) => number) => rows.map(of);
  const block = (of: (drawn: Batch[number]["drawn"][number]) => number) => rows.map(({ drawn }) => drawn.map(of));
  return {
    positive: column(({ p }) => p),
    negative: block(({ n }) => n),
    rows: column(({ interacts }) => Number(interacts)),
    mask: block(({ kept }) => Number(kept)),
    weight: block(({ w }) => w),
    logQ: block(({ logQ }) => logQ),
    positiveLogQ: column(({ positiveLogQ }) => positiveLogQ),
    positiveWeight: column(({ times }) => times),
    frozen: { positive: column(({ frozen }) => frozen), negative: block(({ frozen }) => frozen) },
    items: ITEMS,
  };
};

/** What a batch loses by the formula, and its slopes by differences: in float64, so to ten digits. */
function expected(rows: Batch, formula: Formula) {
  const counted = rows.filter(({ interacts }) => interacts).length;
  const dp = new Float64Array(HEIGHT), dn = new Float64Array(HEIGHT * WIDTH);
  let value = 0;
  rows.forEach((row, at) => {
    const drawn = row.drawn.filter(({ kept }) => kept), held = { ...row, drawn };
    if (!row.interacts || drawn.length === 0) return; // a row that pads, or without negatives, loses nothing
    const times = row.times / counted;
    const slope = (moved: (h: number) => Row) =>
      times * (formula(moved(STEP), held) - formula(moved(-STEP), held)) / (2 * STEP);
    value += times * formula(held, held);
    dp[at] = slope((h) => ({ ...held, p: row.p + h }));
    row.drawn.forEach((one, k) => {
      if (!one.kept) return;
      const moved = (h: number) => drawn.map((other) => other === one ? { ...one, n: one.n + h } : other);
      dn[at * WIDTH + k] = slope((h) => ({ ...held, drawn: moved(h) }));
    });
  });
  return { value, dp, dn };
}

/**
 * Declares tests which assert that a loss and its slopes are a formula's and that formula's, over random batches with masks (of whole rows,
 * too), weights (0 among them), probabilities, frozen scores, rows' weights and padding. On WebGPU one batch, where
 * asked for.
 */
export function assertFormula(name: string, loss: Loss, formula: Formula, { webgpu = false } = {}): void {
  const on = async (provider: Provider, numRuns: number) => {
    const runtime = await openRuntime({ provider });
    try {
      await fc.assert(
        fc.asyncProperty(batch, async (rows) => {
          const found = await lossOf(runtime, loss, given(rows)), wanted = expected(rows, formula);
          near(found.value, wanted.value, 1e-4);
          found.dp.forEach((slope, at) => near(slope, wanted.dp[at]!, 1e-4));
          found.dn.forEach((slope, at) => near(slope, wanted.dn[at]!, 1e-4));
        }),
        { numRuns, seed: 4, endOnFailure: provider === "webgpu" },
      );
    } finally {
      await runtime.dispose();
    }
  };
  const sentence = `${name} is its formula and its slopes are the formula's, with masks, weights and padding`;
  Deno.test(`${sentence} (WASM)`, () => on("wasm", 3));
  if (webgpu) webgpuTest(`${sentence} (WebGPU)`, () => on("webgpu", 1));
}
