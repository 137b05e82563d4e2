import assert from "node:assert/strict";
import { penalties } from "../../../samplers/divns/penalties.ts";
import { space, type SpaceOptions, type Table } from "../../../samplers/divns/space.ts";

const near = (found: number, wanted: number) => assert(Math.abs(found - wanted) < 1e-6, `${found}, not ${wanted}`);
/** Unit vectors at 0, 90 and 45 degrees, of lengths 2, 1 and sqrt 2, and none. */
const vectors: Table = { width: 2, rows: Float32Array.of(2, 0, 0, 1, 1, 1, 0, 0) };
/** Items 0 and 1 share one attribute of two; item 2 has none. */
const attributes = {
  names: ["a", "b", "c"],
  offsets: Int32Array.of(0, 2, 4, 4, 5),
  targets: Int32Array.of(0, 1, 1, 2, 0),
};
const plain: SpaceOptions = { similarity: "cosine", width: 1, attributes: 0 };
const dot = ({ width, rows }: Table, a: number, b: number) =>
  Array.from({ length: width }, (_, d) => rows[a * width + d]! * rows[b * width + d]!).reduce((sum, x) => sum + x);

Deno.test("similarities are what they say: cosine, (1 + cosine) / 2, e^(-width |a - b|^2)", () => {
  const cosine = space(vectors, undefined, plain),
    mapped = space(vectors, undefined, { ...plain, similarity: "mapped" });
  const rbf = space(vectors, undefined, { ...plain, similarity: "rbf", width: 0.5 });
  for (const [a, b, cos, squares] of [[0, 0, 1, 0], [0, 1, 0, 5], [0, 2, Math.SQRT1_2, 2], [0, 3, 0, 4]] as const) {
    near(cosine.similarity(a, b), cos);
    near(mapped.similarity(a, b), (1 + cos) / 2);
    near(rbf.similarity(a, b), Math.exp(-0.5 * squares));
  }
  near(cosine.similarity(3, 3), 0); // a vector of zeros is like nothing
  assert.equal(rbf.features, undefined);
});

Deno.test("attributes weigh in as the cosine of their sets, beside that of the vectors", () => {
  for (const similarity of ["cosine", "mapped", "rbf"] as const) {
    const options = { similarity, width: 1, attributes: 0.25 } as const;
    const latent = space(vectors, undefined, { ...options, attributes: 0 }), both = space(vectors, attributes, options);
    const shared = [[1, 0.5, 0, Math.SQRT1_2], [0.5, 1, 0, 0], [0, 0, 0, 0], [Math.SQRT1_2, 0, 0, 1]];
    for (let a = 0; a < 4; a++) {
      for (let b = 0; b < 4; b++) {
        near(both.similarity(a, b), 0.75 * latent.similarity(a, b) + 0.25 * shared[a]![b]!);
        if (both.features) near(dot(both.features, a, b), both.similarity(a, b));
      }
    }
    near(dot(both.cosines, 0, 1), 0.25 * 0.5); // penalties compare by cosines whatever S is
  }
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
  }
});
