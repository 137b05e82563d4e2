import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { Rng } from "../../random/rng.ts";

const draws = <T>(count: number, draw: () => T): T[] => Array.from({ length: count }, draw);
/** Sum of (observed - expected)^2 / expected, for equal expectations. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((a, b) => a + b, 0) / counts.length;
  return counts.reduce((total, count) => total + (count - expected) ** 2 / expected, 0);
}
/** Mean + 5 standard deviations of chi-square: a fair generator of a fixed seed stays well below. */
const limit = (freedom: number) => freedom + 5 * Math.sqrt(2 * freedom);
const correlation = (xs: readonly number[], ys: readonly number[]) =>
  12 * xs.reduce((total, x, at) => total + (x - 0.5) * (ys[at]! - 0.5), 0) / xs.length;

Deno.test("a seed and a name give one stream", () => {
  fc.assert(fc.property(fc.maxSafeInteger(), fc.string(), (seed, name) => {
    const a = new Rng(seed, name), b = new Rng(seed, name);
    assert.deepEqual(draws(5, () => a.next()), draws(5, () => b.next()));
  }));
});

Deno.test("the stream is this one on every machine", () => {
  const rng = new Rng(42, "candidates");
  assert.deepEqual(draws(3, () => rng.next()), GOLDEN);
});
const GOLDEN = [72243531, 30530436, 3042063575];

Deno.test("what follows a seek depends on nothing drawn before it", () => {
  fc.assert(fc.property(fc.nat(50), fc.nat(1000), fc.nat(100_000), (drawn, major, minor) => {
    const used = new Rng(7, "x");
    draws(drawn, () => used.next());
    used.seek(major, minor);
    const fresh = new Rng(7, "x").seek(major, minor);
    assert.deepEqual(draws(4, () => used.next()), draws(4, () => fresh.next()));
  }));
});

Deno.test("below is uniform, along a stream and over counters", () => {
  const along = new Rng(1, "below"), over = new Rng(1, "below"), BOUND = 37;
  for (
    const draw of [
      () => along.below(BOUND),
      ((row) => () => over.seek(3, row++).below(BOUND))(0),
      ((epoch) => () => over.seek(epoch++, 5).below(BOUND))(0),
    ]
  ) {
    const counts = new Array<number>(BOUND).fill(0);
    for (const x of draws(37_000, draw)) counts[x]!++;
    const found = chiSquare(counts);
    assert(found < limit(BOUND - 1), `chi-square ${found} of ${BOUND - 1} degrees`);
  }
});

Deno.test("below stays below any bound, up to 2^32", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 2 ** 32 }), fc.nat(), (bound, seed) => {
    const x = new Rng(seed, "b").below(bound);
    assert(Number.isInteger(x) && x >= 0 && x < bound);
  }));
});

Deno.test("the second draw after a seek is independent of the first", () => {
  const rng = new Rng(2, "pairs"), counts = new Array<number>(64).fill(0);
  for (let row = 0; row < 32_000; row++) counts[rng.seek(0, row).below(8) * 8 + rng.below(8)]!++;
  assert(chiSquare(counts) < limit(63), `${chiSquare(counts)}`);
});

Deno.test("shuffle gives each of the 24 orders of four equally often", () => {
  const rng = new Rng(5, "shuffle"), counts = new Map<string, number>();
  for (let trial = 0; trial < 24_000; trial++) {
    const order = rng.shuffle([0, 1, 2, 3]).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.equal(counts.size, 24);
  assert(chiSquare([...counts.values()]) < limit(23), `${chiSquare([...counts.values()])}`);
});

Deno.test("shuffle permutes in place and returns what it was given", () => {
  fc.assert(fc.property(fc.array(fc.integer()), fc.nat(), (values, seed) => {
    const copy = values.slice();
    assert.equal(new Rng(seed, "s").shuffle(copy), copy);
    assert.deepEqual(copy.sort((a, b) => a - b), values.sort((a, b) => a - b));
  }));
});

Deno.test("streams of different names, seeds or counters are uncorrelated", () => {
  const COUNT = 20_000, base = new Rng(9, "a"), xs = draws(COUNT, () => base.uniform());
  const others = [
    new Rng(9, "b"),
    new Rng(9, "aa"),
    new Rng(10, "a"),
    new Rng(9 + 2 ** 32, "a"),
    new Rng(-9, "a"),
    new Rng(9, "a").seek(0, 1),
    new Rng(9, "a").seek(1, 0),
  ];
  others.forEach((other, at) => {
    const found = correlation(xs, draws(COUNT, () => other.uniform()));
    assert(Math.abs(found) < 5 / Math.sqrt(COUNT), `stream ${at}: ${found}`);
  });
});

Deno.test("successive numbers, and the first numbers of successive rows, are uncorrelated", () => {
  const COUNT = 20_000, along = new Rng(4, "lag"), over = new Rng(4, "lag");
  const streams = [
    draws(COUNT + 64, () => along.uniform()),
    draws(COUNT + 64, ((row) => () => over.seek(2, row++).uniform())(0)),
  ];
  for (const xs of streams) {
    for (const lag of [1, 2, 3, 64]) {
      const found = correlation(xs.slice(0, COUNT), xs.slice(lag, COUNT + lag));
      assert(Math.abs(found) < 5 / Math.sqrt(COUNT), `lag ${lag}: ${found}`);
    }
  }
});

Deno.test("normal has the first four moments of a standard normal", () => {
  const rng = new Rng(6, "normal"), COUNT = 50_000, xs = draws(COUNT, () => rng.normal());
  const moment = (power: number) => xs.reduce((total, x) => total + x ** power, 0) / COUNT;
  [0, 1, 0, 3].forEach((wanted, at) => {
    const slack = 5 * Math.sqrt([1, 2, 15, 96][at]! / COUNT); // variances of x^1 .. x^4
    assert(Math.abs(moment(at + 1) - wanted) < slack, `moment ${at + 1} is ${moment(at + 1)}`);
  });
});

Deno.test("normal is a number where uniform is 0", () => {
  const rng = new Rng(6, "normal");
  rng.uniform = () => 0;
  assert.equal(Math.abs(rng.normal()), 0); // sqrt(-2 log 1) cos 0
});

Deno.test("uniform stays in [0, 1)", () => {
  const rng = new Rng(8, "uniform");
  for (let at = 0; at < 10_000; at++) {
    const x = rng.uniform();
    assert(x >= 0 && x < 1);
  }
});

Deno.test("filling draws the numbers that drawing one by one does, and leaves the stream where that would", () => {
  const together = new Rng(5, "fill"), single = new Rng(5, "fill"), into = new Int32Array(9);
  together.fillBelow(1000, into, 2, 6);
  assert.deepEqual([...into], [0, 0, ...Array.from({ length: 6 }, () => single.below(1000)), 0]);
  assert.equal(together.next(), single.next());
});

Deno.test("filling with uniform numbers draws what next draws, of 24 bits", () => {
  const one = new Rng(5, "noise").seek(2, 3), other = new Rng(5, "noise").seek(2, 3), filled = new Float32Array(9);
  one.fillUniform(filled);
  assert.deepEqual(filled, Float32Array.from({ length: 9 }, () => (other.next() >>> 8) / 2 ** 24));
  assert.equal(one.next(), other.next());
});

Deno.test("a seed is a whole number: any other would draw as one that it is not", () => {
  for (const seed of [NaN, 1.5, Infinity, 2 ** 60]) {
    assert.throws(() => new Rng(seed, "any"), /^RangeError: Cannot draw by the seed .*: it is a whole number/);
  }
  assert.notDeepEqual(new Rng(-1, "any").uniform(), new Rng(1, "any").uniform());
});
