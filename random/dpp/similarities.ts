import type { FeatureKernel, PairKernel } from "./kernel.ts";

/** Features of a kernel, a row for each id. */
export type Features = Pick<FeatureKernel, "features" | "width">;

/**
 * The cosine S_ab = a b / (|a| |b|): each row made of length 1, or left zero, which makes it like no other and never
 * drawn.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { cosine } from "./similarities.ts";
 *
 * const { features } = cosine({ features: Float64Array.of(3, 4, 0, 0), width: 2 });
 * assert.deepEqual([...features], [3 / 5, 4 / 5, 0, 0]);
 * ```
 */
export function cosine({ features, width }: Features): Features {
  const units = Float64Array.from(features);
  for (let row = 0; row < units.length; row += width) {
    let squares = 0;
    for (let d = row; d < row + width; d++) squares += units[d]! ** 2;
    const length = squares > 0 ? Math.sqrt(squares) : 1;
    for (let d = row; d < row + width; d++) units[d]! /= length;
  }
  return { features: units, width };
}

/**
 * (1 - w) S_a + w S_b as features: rows of one beside those of the other, by the roots of their weights. With b a 1 for
 * each row and w = 1 / 2, cosines become (1 + cosine) / 2; with b the unit rows of attributes, diversity is of both.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { blend } from "./similarities.ts";
 *
 * const a = { features: Float64Array.of(1, 0, 0, 1), width: 2 }, b = { features: Float64Array.of(1, 1), width: 1 };
 * const half = Math.SQRT1_2; // the root of 1 / 2
 * assert.deepEqual([...blend(a, b, 0.5).features], [half, 0, half, 0, half, half]);
 * ```
 */
export function blend(a: Features, b: Features, w: number): Features {
  const count = a.features.length / a.width, width = a.width + b.width;
  if (b.features.length !== count * b.width) {
    throw new RangeError(`Cannot blend ${count} features with ${b.features.length / b.width}: the counts differ`);
  }
  const features = new Float64Array(count * width);
  for (const { from, at, share } of [{ from: a, at: 0, share: 1 - w }, { from: b, at: a.width, share: w }]) {
    const root = Math.sqrt(share);
    for (let row = 0; row < count; row++) {
      for (let d = 0; d < from.width; d++) {
        features[row * width + at + d] = root * from.features[row * from.width + d]!;
      }
    }
  }
  return { features, width };
}

/**
 * The radial basis function S_ab = e^(-g |a - b|^2) of the rows of `ids`: of full rank, but without features.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { radial } from "./similarities.ts";
 *
 * const similarity = radial({ features: Float64Array.of(0, 1, 3), width: 1 }, Int32Array.of(0, 2));
 * assert.equal(similarity(0, 1), Math.exp(-9));
 * ```
 */
export function radial({ features, width }: Features, ids: Int32Array, g = 1): PairKernel["similarity"] {
  return (a, b) => {
    const i = ids[a]! * width, j = ids[b]! * width;
    let squares = 0;
    for (let d = 0; d < width; d++) squares += (features[i + d]! - features[j + d]!) ** 2;
    return Math.exp(-g * squares);
  };
}
