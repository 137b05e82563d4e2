import type { ItemGraph } from "../../datasets/item_transitions.ts";
import { firstAbove } from "../first_above.ts";

/** Pairs of items whose overlap is kept at most: 80 MiB with the running totals of who draws from them. */
const KEPT = 2 ** 22;

/** Every item that shares a neighbour with the one in focus, itself among them, and the J of each. */
export interface Overlaps {
  readonly items: Int32Array;
  readonly overlaps: Float64Array;
}

/**
 * How much the neighbourhoods of items on a graph overlap: J(i, j) = |N_i and N_j| / |N_i or N_j|; where edges are
 * `weighted`, sum_n min(w_in, w_jn) / sum_n max(w_in, w_jn), which is the same where all weigh 1. One J(i, j) takes the
 * neighbours of j; all of them the paths of two edges from i, which {@link Overlap.kept} follows once: for the items with
 * the most neighbours, as far as there is room.
 */
export class Overlap {
  readonly #graph: ItemGraph;
  /** w_in of the item in focus, 0 where n is no neighbour. */
  readonly #own: Float32Array; // [items]
  /** Sum of w_in over n. */
  readonly #mass: Float64Array; // [items]
  readonly #shared: Float64Array; // [items]
  readonly #found: Int32Array; // [items]
  readonly #overlaps: Float64Array; // [items]
  /** The largest J of each item and another, NaN where it is not known yet. */
  readonly #largest: Float64Array; // [items]
  /** Paths of two edges from the item in focus, by its first neighbours. */
  readonly #paths: Float64Array;
  /** Of items whose overlaps are kept: once they were asked for. */
  readonly #kept = new Map<number, Overlaps | undefined>();
  #item = -1;

  /** `room`: pairs of items whose overlap may be kept. */
  constructor({ offsets, targets, weights }: ItemGraph, weighted: boolean, room = KEPT) {
    const items = offsets.length - 1;
    this.#graph = { offsets, targets, weights: weighted ? weights : new Float32Array(targets.length).fill(1) };
    this.#own = new Float32Array(items);
    this.#shared = new Float64Array(items);
    this.#found = new Int32Array(items);
    this.#overlaps = new Float64Array(items);
    this.#largest = new Float64Array(items).fill(NaN);
    this.#mass = Float64Array.from({ length: items }, (_, item) => {
      let sum = 0;
      for (let at = offsets[item]!; at < offsets[item + 1]!; at++) sum += this.#graph.weights[at]!;
      return sum;
    });
    const byDegree = Array.from({ length: items }, (_, item) => item).sort((a, b) => this.#degree(b) - this.#degree(a));
    this.#paths = new Float64Array(items > 0 ? this.#degree(byDegree[0]!) : 0);
    for (const item of byDegree) {
      room -= Math.min(items, this.#pathsFrom(item));
      if (room < 0) break;
      this.#kept.set(item, undefined);
    }
  }

  /** Asks from here on how much others overlap with `item`. */
  focus(item: number): void {
    const { offsets, targets, weights } = this.#graph, before = this.#item;
    if (item === before) return;
    if (before >= 0) { for (let at = offsets[before]!; at < offsets[before + 1]!; at++) this.#own[targets[at]!] = 0; }
    let paths = 0;
    for (let at = offsets[item]!; at < offsets[item + 1]!; at++) {
      this.#own[targets[at]!] = weights[at]!;
      this.#paths[at - offsets[item]!] = paths += this.#degree(targets[at]!);
    }
    this.#item = item;
  }

  /** J of the item in focus and `other`, and over how many neighbours they meet. */
  with(other: number): { readonly overlap: number; readonly common: number } {
    const { offsets, targets, weights } = this.#graph;
    let shared = 0, common = 0;
    for (let at = offsets[other]!; at < offsets[other + 1]!; at++) {
      const own = this.#own[targets[at]!]!;
      if (own === 0) continue;
      shared += Math.min(own, weights[at]!);
      common++;
    }
    return { overlap: this.#index(shared, other), common };
  }

  /** The end of a path of two edges from the item in focus, all alike likely; -1 where it has no neighbours. */
  walk(below: (count: number) => number): number {
    const { offsets, targets } = this.#graph, first = offsets[this.#item]!, count = this.#degree(this.#item);
    if (count === 0) return -1;
    const path = below(this.#paths[count - 1]!), paths = this.#paths.subarray(0, count), slot = firstAbove(paths, path);
    const between = targets[first + slot]!;
    return targets[offsets[between + 1]! - (paths[slot]! - path)]!;
  }

  /** The largest J of the item in focus and another; found once. */
  largest(): number {
    const known = this.#largest[this.#item]!;
    if (!Number.isNaN(known)) return known;
    const { items, overlaps } = this.all();
    let most = 0;
    for (let slot = 0; slot < items.length; slot++) {
      if (items[slot] !== this.#item) most = Math.max(most, overlaps[slot]!);
    }
    return this.#largest[this.#item] = most;
  }

  /** What overlaps with the item in focus, found once; undefined for an item of which it is not kept. */
  kept(): Overlaps | undefined {
    const item = this.#item;
    if (!this.#kept.has(item)) return undefined;
    const known = this.#kept.get(item);
    if (known) return known;
    const { items, overlaps } = this.all(), copy = { items: items.slice(), overlaps: overlaps.slice() };
    this.#kept.set(item, copy);
    return copy;
  }

  /** What overlaps with the item in focus; until the next call. */
  all(): Overlaps {
    const { offsets, targets, weights } = this.#graph, item = this.#item, found = this.#found, shared = this.#shared;
    let count = 0;
    for (let at = offsets[item]!; at < offsets[item + 1]!; at++) {
      const between = targets[at]!, own = weights[at]!;
      for (let beyond = offsets[between]!; beyond < offsets[between + 1]!; beyond++) {
        const end = targets[beyond]!;
        if (shared[end] === 0) found[count++] = end;
        shared[end]! += Math.min(own, weights[beyond]!);
      }
    }
    for (let slot = 0; slot < count; slot++) {
      const end = found[slot]!;
      this.#overlaps[slot] = this.#index(shared[end]!, end);
      shared[end] = 0;
    }
    return { items: found.subarray(0, count), overlaps: this.#overlaps.subarray(0, count) };
  }

  #pathsFrom(item: number): number {
    const { offsets, targets } = this.#graph;
    let paths = 0;
    for (let at = offsets[item]!; at < offsets[item + 1]!; at++) paths += this.#degree(targets[at]!);
    return paths;
  }
  #degree = (item: number) => this.#graph.offsets[item + 1]! - this.#graph.offsets[item]!;
  #index = (shared: number, other: number) =>
    shared > 0 ? shared / (this.#mass[this.#item]! + this.#mass[other]! - shared) : 0;
}
