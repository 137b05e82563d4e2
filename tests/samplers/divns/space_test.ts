import assert from "node:assert/strict";
import { openKernel } from "../../../random/dpp/kernel.ts";
import type { Features } from "../../../random/dpp/similarities.ts";
import { Rng } from "../../../random/rng.ts";
import { penalties, quality } from "../../../samplers/divns/quality.ts";
import { type Space, space, type SpaceOptions } from "../../../samplers/divns/space.ts";
import { inner } from "../layered.ts";

const near = (found: number, wanted: number) => assert(Math.abs(found - wanted) < 1e-6, `${found}, not ${wanted}`);
/** At 0, 90 and 45 degrees, of lengths 2, 1 and sqrt 2, and no vector. */
const vectors: Features = { width: 2, features: Float32Array.of(2, 0, 0, 1, 1, 1, 0, 0) };
/** Items 0 and 1 share one attribute of two, items 0 and 3 another; item 2 has none. */
const attributes = {
  names: ["a", "b", "c"],
  offsets: Int32Array.of(0, 2, 4, 4, 5),
  targets: Int32Array.of(0, 1, 1, 2, 0),
};
const plain: SpaceOptions = { similarity: "cosine", width: 1, attributes: 0, project: 0 };
const ALL = Int32Array.of(3, 2, 1, 0), rng = new Rng(1, "space");
/** S_ab of items, out of the kernel of all of them backwards. */
function similarity(of: Space, a: number, b: number): number {
  const { entry } = openKernel(of.kernel(ALL, new Float64Array(4).fill(1)));
  return entry(ALL.indexOf(a), ALL.indexOf(b));
}

Deno.test("similarities are what they say: cosine, (1 + cosine) / 2, e^(-width |a - b|^2)", () => {
  const spaceOf = (options: Partial<SpaceOptions>) => space(vectors, undefined, { ...plain, ...options }, rng);
  const cosine = spaceOf({}),
    mapped = spaceOf({ similarity: "mapped" }),
    rbf = spaceOf({ similarity: "rbf", width: 0.5 });
  for (const [a, b, cos, squares] of [[0, 0, 1, 0], [0, 1, 0, 5], [0, 2, Math.SQRT1_2, 2], [0, 3, 0, 4]] as const) {
    near(similarity(cosine, a, b), cos);
    near(similarity(mapped, a, b), (1 + cos) / 2);
    near(similarity(rbf, a, b), Math.exp(-0.5 * squares));
  }
  near(similarity(cosine, 3, 3), 0); // a vector of zeros is like nothing
});

Deno.test("attributes weigh in as the cosine of their sets, beside that of the vectors", () => {
  const shared = [[1, 0.5, 0, Math.SQRT1_2], [0.5, 1, 0, 0], [0, 0, 0, 0], [Math.SQRT1_2, 0, 0, 1]];
  for (const kind of ["cosine", "mapped", "rbf"] as const) {
    const options = { ...plain, similarity: kind }, latent = space(vectors, attributes, options, rng);
    const both = space(vectors, attributes, { ...options, attributes: 0.25 }, rng);
    for (let a = 0; a < 4; a++) {
      for (let b = 0; b < 4; b++) {
        near(similarity(both, a, b), 0.75 * similarity(latent, a, b) + 0.25 * shared[a]![b]!);
      }
    }
    near(inner(both.cosines.features.slice(0, 5), both.cosines.features.slice(5, 10)), 0.25 * 0.5); // whatever S is
  }
});

Deno.test("a projection keeps unit lengths and what is parallel or opposite", () => {
  const given = { width: 4, features: Float32Array.of(1, 2, 3, 4, 2, 4, 6, 8, -1, -2, -3, -4, 0, 0, 0, 0) };
  const { cosines } = space(given, undefined, { ...plain, project: 2 }, rng),
    row = (at: number) => cosines.features.slice(2 * at, 2 * at + 2);
  assert.equal(cosines.width, 2);
  for (const [b, cosine] of [[0, 1], [1, 1], [2, -1], [3, 0]] as const) near(inner(row(0), row(b)), cosine);
});

Deno.test("a penalty falls as the similarity rises, and stays finite and positive", () => {
  near(penalties.inverse(0.5, 1), 1 / 1.5);
  near(penalties.inverse(1, 3), 0.25);
  near(penalties.exp(0.5, 2), Math.exp(-1));
  near(penalties.linear(0.5), 0.25 + 1e-6);
  for (const penalty of Object.values(penalties)) {
    const values = [-1, -0.5, 0, 0.5, 1].map((s) => penalty(s, 1));
    assert(values.every((q) => q > 0 && Number.isFinite(q)), `${values}`); // 1 + alpha s is 0 for s = -1
    assert.deepEqual(values, values.toSorted((a, b) => b - a));
    assert(Number.isFinite(penalty(-1, 1e4)));
  }
});

Deno.test("the similarity that is penalised is the mean over the hard negatives, repeats counted", () => {
  const of = quality({ width: 2, features: Float64Array.of(1, 0, 0, 1, 0.6, 0.8) }, {
    ...{ penalty: "exp", alpha: 2, omega: 0, recency: 0 },
  });
  const [q] = of(Int32Array.of(2), Int32Array.of(0, 1, 1));
  near(q!, Math.exp(-2 * (0.6 + 0.8 + 0.8) / 3));
});
