import { dot } from "./dot.ts";
import { innerProducts } from "./inner_products.ts";
import { scratch } from "./scratch.ts";

/** S_ab as the inner product of features: linear in their width, and of a rank no higher. */
export interface FeatureKernel {
  readonly features: Float32Array | Float64Array; // [.., D]
  /** D. */
  readonly width: number;
  /** The row of each slot; slot for slot where it is left out. */
  readonly ids?: Int32Array; // [m]
  /** q, at least 0: only proportions count. */
  readonly quality: Float32Array | Float64Array; // [m]
}

/** S_ab entry by entry, of slots; symmetric and positive semidefinite. */
export interface PairKernel {
  readonly similarity: (a: number, b: number) => number;
  readonly quality: Float32Array | Float64Array; // [m]
}

/** K_ab = q_a S_ab q_b over slots 0 to m - 1 (Kulesza & Taskar, Determinantal point processes for ML, 2012, 3.1). */
export type Kernel = FeatureKernel | PairKernel;

/** A checked kernel. */
export interface OpenKernel {
  readonly size: number; // m
  /** B with K = B B^T, where K has features. */
  readonly rows?: Float64Array; // [m, D]
  /** D, or m where there are no features: the rank is no higher. */
  readonly width: number;
  /** K_aa, none above 1 for unit vectors: q is divided by its largest. */
  readonly diagonal: Float64Array; // [m]
  /** K_ab. */
  readonly entry: (a: number, b: number) => number;
  /** K, of which the lower triangle counts. */
  readonly matrix: (into: Float64Array) => Float64Array; // [m, m]
}

const qualities = scratch(), scaled = scratch(), diagonals = scratch();

/**
 * Checks a kernel and scales its quality to at most 1. What is returned is valid until the next call.
 *
 * @throws {RangeError} where quality is negative, or it or a similarity is not finite.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { openKernel } from "./kernel.ts";
 *
 * const kernel = openKernel({ features: Float32Array.of(1, 0, 0.6, 0.8), width: 2, quality: Float32Array.of(1, 2) });
 * assert.equal(kernel.entry(0, 1).toFixed(6), (0.5 * 0.6).toFixed(6));
 * assert.throws(() => openKernel({ similarity: () => NaN, quality: Float32Array.of(1) }), /slots 0 and 0/);
 * ```
 */
export function openKernel(kernel: Kernel): OpenKernel {
  const quality = checkedQuality(kernel.quality);
  const open = "features" in kernel ? openFeatures(kernel, quality) : openPairs(kernel, quality);
  for (let a = 0; a < open.size; a++) {
    if (!(open.diagonal[a]! >= 0 && open.diagonal[a]! < Infinity)) {
      throw new RangeError(
        `Cannot make a kernel: the similarity of slots ${a} and ${a} is ${
          open.diagonal[a]
        }, which must be finite and at least 0`,
      );
    }
  }
  return open;
}

/** q / max q. */
function checkedQuality(quality: Float32Array | Float64Array): Float64Array {
  const q = qualities(quality.length);
  let largest = 0;
  for (let a = 0; a < q.length; a++) {
    const found = quality[a]!;
    if (!(found >= 0 && found < Infinity)) {
      throw new RangeError(
        `Cannot make a kernel: slot ${a}'s quality is ${found}, which must be finite and at least 0`,
      );
    }
    largest = Math.max(largest, found);
  }
  for (let a = 0; a < q.length; a++) q[a] = largest > 0 ? quality[a]! / largest : 0;
  return q;
}

function openFeatures({ features, width, ids }: FeatureKernel, q: Float64Array): OpenKernel {
  const size = q.length, held = features.length / width;
  if (ids ? ids.length !== size : held !== size) {
    throw new RangeError(
      `Cannot make a kernel of ${size} qualities: ${ids ? `${ids.length} ids` : `${held} features`} were given`,
    );
  }
  const rows = scaled(size * width), diagonal = diagonals(size);
  for (let a = 0; a < size; a++) {
    const from = (ids ? ids[a]! : a) * width, to = a * width, qa = q[a]!;
    let squares = 0;
    for (let d = 0; d < width; d++) {
      const x = qa * features[from + d]!;
      rows[to + d] = x;
      squares += x * x;
    }
    diagonal[a] = squares; // not a number where an id has no features
  }
  return {
    size,
    rows,
    width,
    diagonal,
    entry: (a, b) => dot(rows, a * width, rows, b * width, width),
    matrix: (into) => innerProducts(rows, size, rows, size, width, into, true),
  };
}

function openPairs({ similarity }: PairKernel, q: Float64Array): OpenKernel {
  const size = q.length, diagonal = diagonals(size);
  const entry = (a: number, b: number) => {
    const found = similarity(a, b);
    if (Number.isFinite(found)) return q[a]! * found * q[b]!;
    throw new RangeError(
      `Cannot make a kernel: the similarity of slots ${a} and ${b} is ${found}, which must be finite`,
    );
  };
  for (let a = 0; a < size; a++) diagonal[a] = entry(a, a);
  return {
    size,
    width: size,
    diagonal,
    entry,
    matrix(into) {
      for (let a = 0; a < size; a++) for (let b = 0; b <= a; b++) into[a * size + b] = entry(a, b);
      return into;
    },
  };
}
