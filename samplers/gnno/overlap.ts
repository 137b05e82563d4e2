import type { ItemGraph } from "../../datasets/item_transitions.ts";
import { firstAbove } from "../first_above.ts";

/** Pairs of items whose overlap is kept at most: 48 MiB. */
const KEPT = 2 ** 22;
/** More than sums of one item's edges differ in another order. */
const ROUNDING = 1e-6;

/** Every item that shares a neighbour with the one in focus, itself among them, and the J of each. */
export interface Overlaps {
  readonly items: Int32Array;
  readonly overlaps: Float64Array;
}

/**
 * How much the neighbourhoods of items on a graph overlap: J(i, j) = |N_i and N_j| / |N_i or N_j|; where edges are
 * `weighted`, sum_n min(w_in, w_jn) / sum_n max(w_in, w_jn), which is the same where all weigh 1. One J(i, j) takes the
 * neighbours of j; all of them the paths of two edges from i, which {@link Overlap.kept} follows once where there is room.
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
  readonly #kept = new Map<number, Overlaps>();
  #room: number;
  /** What is kept of one item, by the other. */
  readonly #spread: Float64Array; // [items]
  #spreadOf = -1;
  #item = -1;

  /** `room`: pairs of items whose overlap may be kept. */
  constructor({ offsets, targets, weights }: ItemGraph, weighted: boolean, room = KEPT) {
    const items = offsets.length - 1;
    this.#room = room;
    this.#graph = { offsets, targets, weights: weighted ? weights : new Float32Array(targets.length).fill(1) };
    this.#own = new Float32Array(items);
    this.#shared = new Float64Array(items);
    this.#found = new Int32Array(items);
    this.#overlaps = new Float64Array(items);
    this.#spread = new Float64Array(items);
    this.#largest = new Float64Array(items).fill(NaN);
    this.#mass = Float64Array.from({ length: items }, (_, item) => {
      let sum = 0;
      for (let at = offsets[item]!; at < offsets[item + 1]!; at++) sum += this.#graph.weights[at]!;
      return sum;
    });
    let most = 0;
    for (let item = 0; item < items; item++) most = Math.max(most, this.#degree(item));
    this.#paths = new Float64Array(most);
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

  /** What overlaps with the item in focus, as far as there is room kept for the next time; until the next call. */
  kept(): Overlaps {
    const known = this.#kept.get(this.#item);
    if (known) return known;
    const found = this.all(), { length } = found.items;
    if (length > this.#room) return found;
    this.#room -= length;
    const copy = { items: found.items.slice(), overlaps: found.overlaps.slice() };
    this.#kept.set(this.#item, copy);
    return copy;
  }

  /** Whether J of the item in focus and `other` is kept, and more than `cap` beyond rounding; `with` takes longer. */
  exceeds(other: number, cap: number): boolean {
    const own = this.#kept.get(this.#item);
    if (!own) return false;
    if (this.#spreadOf !== this.#item) {
      for (const item of this.#kept.get(this.#spreadOf)?.items ?? []) this.#spread[item] = 0;
      for (let slot = 0; slot < own.items.length; slot++) this.#spread[own.items[slot]!] = own.overlaps[slot]!;
      this.#spreadOf = this.#item;
    }
    return this.#spread[other]! > cap * (1 + ROUNDING);
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

  #degree = (item: number) => this.#graph.offsets[item + 1]! - this.#graph.offsets[item]!;
  #index = (shared: number, other: number) =>
    shared > 0 ? shared / (this.#mass[this.#item]! + this.#mass[other]! - shared) : 0;
}
