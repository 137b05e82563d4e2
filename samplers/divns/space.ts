import type { Attributes } from "../../datasets/metadata.ts";

/** Vectors by id, row-major. */
export interface Table {
  readonly width: number;
  readonly rows: Float32Array;
}

/** How items are compared. */
export interface SpaceOptions {
  readonly similarity: "cosine" | "mapped" | "rbf";
  /** Of rbf: e^(-width |a - b|^2). */
  readonly width: number;
  /** Weight of attributes. */
  readonly attributes: number;
}

/** The similarity S of items: where it is an inner product, of which features; else entry by entry. */
export interface Space {
  /** Features whose inner product is (1 - w) cosine of vectors + w cosine of attributes: what penalties compare by. */
  readonly cosines: Table;
  /** Features whose inner product is S, if there are any. */
  readonly features?: Table;
  /** S_ab. */
  similarity(a: number, b: number): number;
}

/** What a similarity is made of: unit vectors and unit multi-hot attributes, times the roots of their weights. */
interface Parts {
  readonly vectors: Table;
  readonly units: Table;
  readonly attributes: Table;
  readonly cosines: Table;
  readonly options: SpaceOptions;
}
const similarities: Readonly<Record<SpaceOptions["similarity"], (parts: Parts) => Omit<Space, "cosines">>> = {
  cosine: ({ cosines }) => byFeatures(cosines),
  mapped: ({ units, attributes, options }) => { // (1 + cosine) / 2: one more coordinate, the same for all
    const constant = filled(units, Math.sqrt((1 - options.attributes) / 2));
    return byFeatures(beside(beside(scaled(units, Math.SQRT1_2), constant), attributes));
  },
  rbf: ({ vectors: { width, rows }, attributes, options }) => {
    const ofAttributes = inner(attributes);
    return {
      similarity(a, b) {
        let squares = 0;
        for (let d = 0; d < width; d++) squares += (rows[a * width + d]! - rows[b * width + d]!) ** 2;
        return (1 - options.attributes) * Math.exp(-options.width * squares) + ofAttributes(a, b);
      },
    };
  },
};

/** S = (1 - w) S_vectors + w S_attributes. Each is positive semidefinite, hence S is. */
export function space(vectors: Table, metadata: Attributes | undefined, options: SpaceOptions): Space {
  const w = options.attributes, units = scaled(normalized(vectors), Math.sqrt(1 - w));
  const attributes = w > 0 && metadata ? scaled(multiHot(metadata), Math.sqrt(w)) : NOTHING;
  const cosines = beside(units, attributes);
  return { cosines, ...similarities[options.similarity]({ vectors, units, attributes, cosines, options }) };
}

const NOTHING: Table = { width: 0, rows: new Float32Array(0) };
const byFeatures = (features: Table) => ({ features, similarity: inner(features) });

/** x / |x|; a vector of zeros stays. */
function normalized({ width, rows }: Table): Table {
  const units = rows.slice();
  for (let at = 0; at < rows.length; at += width) {
    let squares = 0;
    for (let d = at; d < at + width; d++) squares += rows[d]! ** 2;
    if (squares > 0) { for (let d = at; d < at + width; d++) units[d]! /= Math.sqrt(squares); }
  }
  return { width, rows: units };
}

/** Unit vectors of attributes, 1 / sqrt(n) at each of an item's n. */
function multiHot({ names, offsets, targets }: Attributes): Table {
  const width = names.length, items = offsets.length - 1, rows = new Float32Array(items * width);
  for (let item = 0; item < items; item++) {
    const first = offsets[item]!, last = offsets[item + 1]!;
    for (let at = first; at < last; at++) rows[item * width + targets[at]!] = 1 / Math.sqrt(last - first);
  }
  return { width, rows };
}

const scaled = ({ width, rows }: Table, by: number): Table => ({ width, rows: rows.map((x) => x * by) });

const filled = ({ width, rows }: Table, value: number): Table => ({
  width: 1,
  rows: new Float32Array(rows.length / width).fill(value),
});

/** Each row of `a` followed by that of `b`. */
function beside(a: Table, b: Table): Table {
  if (b.width === 0) return a;
  const width = a.width + b.width, count = a.rows.length / a.width, rows = new Float32Array(count * width);
  for (let row = 0; row < count; row++) {
    rows.set(a.rows.subarray(row * a.width, (row + 1) * a.width), row * width);
    rows.set(b.rows.subarray(row * b.width, (row + 1) * b.width), row * width + a.width);
  }
  return { width, rows };
}

/** The inner product of two rows. */
const inner = ({ width, rows }: Table) => (a: number, b: number): number => {
  let sum = 0;
  for (let d = 0; d < width; d++) sum += rows[a * width + d]! * rows[b * width + d]!;
  return sum;
};
