import type { Catalogue } from "../datasets/catalogue.ts";
import { GraphBuilder } from "../graphs/builder.ts";
import { unit } from "../graphs/ops/normalize.ts";
import { asking } from "../models/asking.ts";
import type { Backbone, Encoder } from "../models/backbone.ts";
import { innerOf } from "../models/inner.ts";
import { pointOf } from "../models/point.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { type Form, openRepresentations, type Side } from "./representations.ts";

/** One vector for each of some ids. */
export interface Vectors {
  readonly data: Float32Array; // [n, width]
  readonly width: number;
}

/** How many vectors there are. @throws RangeError where their elements make no whole number of them. */
export function countOf({ data: { length }, width }: Vectors): number {
  if (Number.isInteger(width) && width > 0 && length % width === 0) return length / width;
  throw new RangeError(`Cannot make vectors of width ${width} of ${length} elements`);
}

/** @throws RangeError where there is no vector of an id. */
export function checkId(id: number, count: number): void {
  if (Number.isInteger(id) && id >= 0 && id < count) return;
  throw new RangeError(`Cannot find a vector of item ${id}: ids are integers from 0 and below ${count}`);
}

/** Ids that are represented at a time. */
const BLOCK = 1024;

/**
 * The vectors of every user or item whose inner products are the backbone's scores.
 *
 * @throws TypeError where its scores are inner products of none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { mf } from "../models/mf.ts";
 * import { openRuntime } from "../runtime/providers.ts";
 * import { innerVectors } from "./vectors.ts";
 *
 * const of = catalogue(interactions({ users: [0], items: [0], userCount: 1, itemCount: 1 }));
 * const runtime = await openRuntime({ provider: "wasm" }), backbone = mf({ dim: 1, bias: true });
 * const of1 = (x: number) => ({ shape: [1, 1], data: Float32Array.of(x) });
 * await runtime.load(new Map([["user", of1(2)], ["item", of1(3)], ["bias", of1(5)]]));
 * const vectorsOf = async (side: "users" | "items") => [...(await innerVectors(runtime, backbone, of, side)).data];
 * assert.deepEqual([await vectorsOf("users"), await vectorsOf("items")], [[2, 1], [3, 5]]); // a score of 2 x 3 + 5
 * await runtime.dispose();
 * ```
 */
export function innerVectors(runtime: Runtime, backbone: Backbone, catalogue: Catalogue, side: Side): Promise<Vectors> {
  return vectors(runtime, backbone, catalogue, side, (encoder, x) => {
    const inner = innerOf(encoder);
    if (inner) return inner(x);
    throw new TypeError("Cannot take the vectors of a backbone whose scores are no inner products");
  });
}

/**
 * The directions of every item's representation, layers as ranking takes them, biases left out: a zero vector stays
 * one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { mf } from "../models/mf.ts";
 * import { openRuntime } from "../runtime/providers.ts";
 * import { itemDirections } from "./vectors.ts";
 *
 * const of = catalogue(interactions({ users: [0], items: [0], userCount: 1, itemCount: 2 }));
 * const runtime = await openRuntime({ provider: "wasm" });
 * await runtime.load(new Map([["item", { shape: [2, 2], data: Float32Array.of(3, 4, 0, 0) }]]));
 * const { data, width } = await itemDirections(runtime, mf({ dim: 2 }), of);
 * assert.deepEqual([data, width], [Float32Array.of(0.6, 0.8, 0, 0), 2]);
 * await runtime.dispose();
 * ```
 */
export function itemDirections(runtime: Runtime, backbone: Backbone, catalogue: Catalogue): Promise<Vectors> {
  return vectors(runtime, backbone, catalogue, "items", (encoder, x) => unit(pointOf(encoder)(x)));
}

/** What a backbone's scores are: inner products of vectors, some of them biases, or neither. */
export function scoresOf(
  backbone: Backbone,
  catalogue: Catalogue,
): { readonly inner: boolean; readonly biased: boolean } {
  const graph = new GraphBuilder();
  const encoder: Encoder = backbone.build(graph, catalogue, asking(backbone, catalogue, 1).declare(graph));
  return { inner: innerOf(encoder) !== undefined, biased: encoder.biased === true };
}

async function vectors(
  runtime: Runtime,
  backbone: Backbone,
  catalogue: Catalogue,
  side: Side,
  form: Form,
): Promise<Vectors> {
  const total = catalogue[side], size = Math.min(BLOCK, total);
  const found = await openRepresentations(runtime, backbone, catalogue, side, { size, total }, form);
  const width = found.shape.slice(1).reduce((a, b) => a * b, 1), data = new Float32Array(total * width);
  for (let from = 0; from < total; from += size) {
    const ids = Int32Array.from({ length: Math.min(size, total - from) }, (_, at) => from + at);
    data.set((await found.of(ids)).subarray(0, ids.length * width), from * width);
  }
  await found.dispose();
  return { data, width };
}
