import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { normalTail, studentTwoSided } from "../../statistics/distributions.ts";
import { holm } from "../../statistics/holm.ts";
import { pairedT } from "../../statistics/paired_t.ts";
import { summary } from "../../statistics/summary.ts";
import { wilcoxon } from "../../statistics/wilcoxon.ts";

const near = (found: number | null, expected: number, relative = 1e-8) =>
  assert(Math.abs(found! - expected) <= relative * Math.abs(expected), `${found} is not ${expected}`);

// What scipy 1.10.1 gives: stats.ttest_rel, stats.wilcoxon, stats.t.sf, stats.norm.sf.
const TUNED = [0.0394, 0.0388, 0.0401, 0.0391, 0.0396], PLAIN = [0.0379, 0.0381, 0.0377, 0.0384, 0.0380];

Deno.test("Student's t and the normal tail are scipy's, far out as well", () => {
  const t: [number, number, number][] = [
    [0.1, 1, 0.9365489651388929],
    [2, 2, 0.1835034190722739],
    [-3.2, 4, 0.03290081060093896],
    [30, 4, 7.352856097661323e-6],
    [5.5, 30, 5.678572945118064e-6],
    [13, 12000, 2.2213741573782523e-38],
    [0, 1e7, 1],
    [1e-9, 1e7, 0.9999999992021155],
    [0.01, 1e6, 0.9920212893655477],
    [0.5, 1e4, 0.6170860793232333],
    [1.96, 1e4, 0.05002352023183303],
    [1.96, 1e7, 0.04999581802531422],
    [4, 1e6, 6.334703401004779e-05],
    [4, 1e4, 6.379866882313948e-05],
    [3.1, 1e4, 0.0019405830195619955],
    [12, 1e5, 3.7445058119564235e-33],
    [30, 1e5, 7.378536872221507e-197],
    [30, 1e7, 1.0014613690819487e-197],
  ];
  for (const [x, df, p] of t) near(studentTwoSided(x, df), p, df < 1e4 ? 1e-8 : 5e-8);
  const tail: [number, number][] = [
    [0, 0.5],
    [2, 0.022750131948179195],
    [3.99, 3.3036647629402356e-5],
    [4, 3.167124183311986e-5],
    [9, 1.1285884059538324e-19],
    [37, 5.7255712225239266e-300],
  ];
  for (const [z, p] of tail) near(normalTail(z), p, 1e-10);
});

Deno.test("the paired t-test is scipy's ttest_rel", () => {
  const { n, difference, t, p } = pairedT(TUNED, PLAIN);
  assert.equal(n, 5);
  near(difference, 0.00138);
  near(t, 4.333712621847171);
  near(p, 0.012313676904340869);
  near(summary(TUNED).sd, 0.0004949747468305817);
});

Deno.test("values that are alike have no spread, though their sum is rounded", () => {
  assert.notEqual((0.1 + 0.1 + 0.1) / 3, 0.1);
  assert.deepEqual(summary([0.1, 0.1, 0.1]), { n: 3, mean: 0.1, sd: 0 });
  assert.deepEqual(summary([1, 4, 1]), { n: 3, mean: 2, sd: Math.sqrt(3) }); // the last is as the first, not all are
});

Deno.test("a paired t-test of one pair, or of differences that do not vary, has no p", () => {
  assert.deepEqual(pairedT([1], [3]), { n: 1, difference: -2, t: null, p: null });
  assert.deepEqual(pairedT([1, 2, 4], [1, 2, 4]), { n: 3, difference: 0, t: null, p: null });
  assert.notEqual(0.3 - 0.2, 0.4 - 0.3);
  assert.equal(pairedT([0.3, 0.4, 0.9], [0.2, 0.3, 0.8]).p, null); // 0.1 each, but for rounding
  assert.throws(() => pairedT([1, 2], [1]), /Cannot pair 2 values with 1/);
});

Deno.test("Wilcoxon's test is scipy's: exact up to 50 pairs, else normal with ties and continuity corrected", () => {
  // Hollander & Wolfe, table 3.1: depression scores of nine patients
  const before = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30];
  const after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
  assert.deepEqual(wilcoxon(before, after), { n: 9, w: 40, p: 0.0390625 });

  const untied = (n: number) => Float64Array.from({ length: n }, (_, i) => (i * 37) % 101 - 36 + i / 128);
  near(wilcoxon(untied(40), new Float64Array(40)).p, 0.008263762760179816);
  near(wilcoxon(untied(50), new Float64Array(50)).p, 0.002614123910062105); // 0.0031 by the normal law
  const many = Float64Array.from({ length: 120 }, (_, i) => (i * 37) % 101 - (i * 53) % 97 + 10),
    zero = many.map(() => 0);
  near(wilcoxon(many, zero).p, 0.0016009319119529707);
  near(wilcoxon(many.map((d) => d + 60), zero).p, 3.6175633707248305e-21);
});

Deno.test("the exact law of W+ with ties and zeros is that of all 2^n signs", () => {
  const difference = fc.integer({ min: -3, max: 3 });
  fc.assert(
    fc.property(fc.array(difference, { minLength: 1, maxLength: 9 }), (found) => {
      const sizes = found.filter((d) => d !== 0).map(Math.abs), n = sizes.length;
      const rank = (size: number) =>
        (sizes.filter((other) => other < size).length + 1 + sizes.filter((other) => other <= size).length) / 2;
      const ranks = sizes.map(rank), middle = n * (n + 1) / 4;
      const observed = found.filter((d) => d !== 0).reduce((w, d, at) => d > 0 ? w + ranks[at]! : w, 0);
      let asFar = 0;
      for (let signs = 0; signs < 2 ** n; signs++) {
        const w = ranks.reduce((sum, r, at) => (signs >> at) & 1 ? sum + r : sum, 0);
        if (Math.abs(w - middle) >= Math.abs(observed - middle)) asFar++;
      }
      const result = wilcoxon(found, found.map(() => 0));
      assert.equal(result.w, observed);
      near(result.p, asFar / 2 ** n, 1e-12);
    }),
    { seed: 7, numRuns: 200 },
  );
});

Deno.test("both tests give the same p with the samples swapped", () => {
  near(pairedT(PLAIN, TUNED).p, pairedT(TUNED, PLAIN).p!);
  near(wilcoxon(PLAIN, TUNED).p, wilcoxon(TUNED, PLAIN).p);
});

Deno.test("Holm's correction multiplies by the hypotheses left, never falls, and stays at most 1", () => {
  // by hand: .005 * 4, .01 * 3, max(.03, .03 * 2), max(.06, .04)
  const found = holm([0.01, 0.04, 0.03, 0.005]);
  [0.03, 0.06, 0.06, 0.02].forEach((expected, at) => near(found[at]!, expected, 1e-12));
  assert.deepEqual(holm([0.9, 0.8]), [1, 1]);
  assert.deepEqual(holm([null, 0.02]), [null, 0.02]);
});
