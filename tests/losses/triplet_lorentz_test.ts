import assert from "node:assert/strict";
import { losses } from "../../losses/mod.ts";
import { hmf } from "../../models/hmf.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { smallRun } from "../training/small_run.ts";
import { mean, near, softplus, sum } from "./formulas.ts";
import { type Given, lossOf, onWasm } from "./scored.ts";

const triplet = losses["triplet-lorentz"];
type Vector = readonly number[];
const dot = (x: Vector, y: Vector) => sum(x.map((v, d) => v * y[d]!)), time = (x: Vector) => Math.sqrt(1 + dot(x, x));
const T = (x: Vector, y: Vector) => {
  const product = time(x) * time(y);
  return (1 + product - dot(x, y) - time(x) - time(y)) / product;
};
const gains: Readonly<Record<"distance" | "triplh" | "triangle", (u: Vector, p: Vector, n: Vector) => number>> = {
  distance: (u, p, n) => T(u, n) - T(u, p) + 0.1 * T(p, n),
  triplh(u, p, n) {
    const u0 = time(u), p0 = time(p), n0 = time(n), cosh = (x: Vector, y: Vector) => time(x) * time(y) - dot(x, y);
    const above = (1 + cosh(u, p) - n0) - (1 + cosh(u, n) - p0) - 0.1 * (1 + cosh(p, n) - p0 - n0 - u0);
    return above / (u0 * p0 + u0 * n0 + p0 * n0);
  },
  triangle: (u, p, n) => T(u, p) - T(u, n) - 0.1 * T(p, n),
};
const decays = { distance: 1e-3, triplh: 1e-3, triangle: 1e-4 } as const;

const rows: readonly { readonly u: Vector; readonly p: Vector; readonly n: readonly [Vector, Vector] }[] = [
  { u: [0.3, 0.4], p: [-0.1, 0.2], n: [[0.5, -0.6], [1.2, 0.1]] },
  { u: [-0.7, 0.1], p: [0.9, 0.8], n: [[0.2, -0.3], [-1.1, 0.4]] },
];
const given = (of: typeof rows): Given => ({
  positive: of.map(() => 0),
  negative: of.map(() => [0, 0]),
  vectors: { query: of.map(({ u }) => u), positive: of.map(({ p }) => p), negative: of.map(({ n }) => n) },
});
const lost = (form: keyof typeof gains, of: typeof rows) => {
  const terms = mean(of.map(({ u, p, n }) => mean(n.map((one) => softplus(-gains[form](u, p, one))))));
  const across = of.map(({ p, n }) => mean(n.map((one) => dot(p, one) ** 2)));
  return terms + decays[form] * (form === "distance" ? mean : sum)(across);
};

Deno.test("T of the golden points is golden", () => near(T([0.3, 0.4], [-0.1, 0.2]), -0.041099, 1e-5));

for (const form of ["distance", "triplh", "triangle"] as const) {
  eachProvider(`hyperbolic triplets of form ${form} and their slopes are their formula's`, async (runtime) => {
    const { value, slopes } = await lossOf(runtime, triplet({ form }), given(rows)), step = 1e-5;
    near(value, lost(form, rows), 1e-5);
    rows.forEach(({ u, p, n }, at) =>
      [0, 1].forEach((d) => {
        const slope = (moved: (h: number) => Partial<typeof rows[number]>) => {
          const by = (h: number) => lost(form, rows.with(at, { u, p, n, ...moved(h) }));
          return (by(step) - by(-step)) / (2 * step);
        };
        const shift = (x: Vector, h: number) => x.with(d, x[d]! + h);
        near(slopes.query![2 * at + d]!, slope((h) => ({ u: shift(u, h) })), 1e-4);
        near(slopes["positive vector"]![2 * at + d]!, slope((h) => ({ p: shift(p, h) })), 1e-4);
        near(slopes["negative vector"]![4 * at + d]!, slope((h) => ({ n: [shift(n[0], h), n[1]] })), 1e-4);
      })
    );
    assert(["a", "c", "d"].every((name) => slopes[name]!.every((x) => x !== 0)), "coefficients are trained");
  });
}

Deno.test("a, c and d are where the coefficients start, and decay is the weight of (p . n)^2", () =>
  onWasm(triplet({ a: 2, c: -0.5, d: 0.3, decay: 0.7 }), async (of) => {
    const one = rows[0]!, [n] = one.n, z = 2 * (T(one.u, n) - T(one.u, one.p)) - 0.5 * T(one.p, n) + 0.3;
    const { value } = await of({ ...given([{ ...one, n: [n, n] }]) });
    near(value, softplus(-z) + 0.7 * dot(one.p, n) ** 2, 1e-5);
  }));

Deno.test("in the released forms, too, d is the offset: added in triplh's numerator, taken off in triangle's z", async () => {
  const { u, p, n: [n] } = rows[0]!, d = 0.3, of = given([{ u, p, n: [n, n] }]);
  const below = time(u) * time(p) + time(u) * time(n) + time(p) * time(n);
  for (const [form, shift] of [["triplh", d / below], ["triangle", -d]] as const) {
    await onWasm(triplet({ form, d, decay: 0 }), async (lose) => {
      near((await lose(of)).value, softplus(-(gains[form](u, p, n) + shift)), 1e-5);
    });
  }
});

Deno.test("by the geometry's form the positive turns to the user and the negative away", () =>
  onWasm(triplet({ decay: 0 }), async (of) => {
    const { slopes } = await of(given([{ u: [0.5, 0], p: [0.6, 0.6], n: [[-0.6, 0.6], [-0.6, 0.6]] }]));
    assert(dot([...slopes["positive vector"]!], [0.6, -0.6]) < 0, "turning to the user, the positive goes downhill");
    assert(dot([...slopes["negative vector"]!].slice(0, 2), [0.6, 0.6]) > 0, "and the negative uphill");
  }));

Deno.test("points that meet, and points far out, have finite losses and slopes", async () => {
  for (const form of ["distance", "triplh", "triangle"] as const) {
    await onWasm(triplet({ form }), async (of) => {
      for (const x of [[0.3, 0.4], [0, 0], [100, -100]]) {
        const { value, slopes } = await of(given([{ u: x, p: x, n: [x, x] }]));
        assert([value, ...Object.values(slopes).flatMap((s) => [...s])].every(Number.isFinite), `${form} at ${x}`);
      }
    });
  }
});

Deno.test("masked triples, and rows that pad, count for nothing", () =>
  onWasm(triplet({ form: "triplh", decay: 1 }), async (of) => {
    const plain = await of({ ...given(rows.slice(0, 1)), mask: [[1, 0]] });
    const twice = await of(given(rows.slice(0, 1).map(({ u, p, n }) => ({ u, p, n: [n[0], n[0]] }))));
    near(plain.value, twice.value);
    const padded = await of({ ...given(rows), mask: [[1, 0], [1, 1]], rows: [1, 0] });
    near(padded.value, plain.value);
  }));

Deno.test("representations of several layers are refused", () =>
  onWasm(triplet(), async (of) => {
    const { vectors } = given(rows);
    await assert.rejects(
      () => of({ ...given(rows), vectors: { ...vectors!, layers: 2 } }),
      /Cannot combine loss "triplet-lorentz" with this backbone: .* it keeps 2 layers/,
    );
  }));

for (const [form, score] of [["distance", "triple"], ["triplh", "released"], ["triangle", "released"]] as const) {
  Deno.test(`triplets of form ${form} order pairs by score=${score}`, async () => {
    const parts = { backbone: hmf({ dim: 8, score }), loss: triplet({ form }), epochs: 60, measured: true };
    const { accuracy, error } = await smallRun(parts);
    assert.equal(error, undefined);
    assert(accuracy! > 0.9, `${accuracy}`);
  });
}
