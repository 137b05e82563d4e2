import assert from "node:assert/strict";
import { type Catalogue, catalogue } from "../../datasets/catalogue.ts";
import { interactions } from "../../datasets/interactions.ts";
import { ials, type IalsOptions, solveSide } from "../../evaluation/ials.ts";
import { Rng } from "../../random/rng.ts";
import { smallLog } from "../training/small_run.ts";

/** The scores of all pairs, [users, items]. */
function scoresOf(of: Catalogue, options: IalsOptions): number[][] {
  const scores = ials(of, options);
  return Array.from({ length: of.users }, (_, user) => [...scores(user)]);
}
/** The part of the loss that scores decide. */
const lossOf = (of: Catalogue, scores: number[][], c0: number) =>
  scores.reduce((sum, row, user) => {
    const met = new Set(of.positives.subarray(of.offsets[user], of.offsets[user + 1]));
    return sum + row.reduce((total, s, item) => total + (met.has(item) ? (1 - s) ** 2 : c0 * s * s), 0);
  }, 0);

Deno.test("with vectors of width 1 the solution is the fixed point of its formula, worked out by hand", () => {
  // two users met one item both, nobody else anything: p = q / (c0 q^2 + l2 + (1 - c0) q^2), q = 2 p / (2 p^2 + l2)
  const of = catalogue(interactions({ users: [0, 1], items: [0, 0], userCount: 2, itemCount: 1 })), l2 = 0.5;
  const [[s], [other]] = scoresOf(of, { dim: 1, c0: 0.3, l2, iterations: 400 }) as [[number], [number]];
  // from both: p^2 = q^2 / 2, s = p q, and s = 1 - l2 p / q = 1 - l2 / sqrt 2
  assert(Math.abs(s - (1 - l2 / Math.SQRT2)) < 1e-6, `${s}`);
  assert.equal(s, other);
});

Deno.test("a row solves its normal equations, whether it met fewer items than the width or more", () => {
  const dim = 3, c0 = 0.2, l2 = 0.4, rng = new Rng(1, "ials test"), count = 9;
  const y = Float64Array.from({ length: count * dim }, () => rng.normal()), x = new Float64Array(4 * dim);
  const met = [[2], [0, 8], [1, 3, 4], [0, 1, 2, 5, 6, 7]]; // fewer, fewer, as many, more
  const offsets = Int32Array.of(0, 1, 3, 6, 12), targets = Int32Array.from(met.flat());
  solveSide(x, y, { offsets, targets }, { dim, c0, l2, iterations: 1 });
  met.forEach((own, row) => {
    const p = x.subarray(row * dim, (row + 1) * dim), slope = [...p].map((value) => l2 * value);
    for (let item = 0; item < count; item++) {
      const q = y.subarray(item * dim, (item + 1) * dim), s = p.reduce((sum, value, d) => sum + value * q[d]!, 0);
      const pull = own.includes(item) ? s - 1 : c0 * s;
      q.forEach((value, d) => slope[d]! += pull * value);
    }
    slope.forEach((value) => assert(Math.abs(value) < 1e-12, `${slope} of row ${row}`));
  });
});

Deno.test("each iteration lowers the loss, down to what gradients cannot improve", () => {
  const of = catalogue(smallLog().train), l2 = 1e-6; // so little that the loss is that of scores
  const losses = [1, 2, 4, 8, 16].map((iterations) =>
    lossOf(of, scoresOf(of, { dim: 3, c0: 0.2, l2, iterations }), 0.2)
  );
  losses.slice(1).forEach((loss, at) => assert(loss <= losses[at]! + 1e-6, `${losses}`));
});

Deno.test("options that mean nothing are refused", () => {
  const of = catalogue(smallLog().train);
  assert.throws(() => ials(of, { dim: 0, c0: 0.1, l2: 1, iterations: 1 }), /dim is a whole number.*found 0, 0.1 and 1/);
  assert.throws(() => ials(of, { dim: 2, c0: 1, l2: 1, iterations: 1 }), /c0 within 0 and 1/);
});
