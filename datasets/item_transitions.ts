import { relation } from "./relation.ts";
import type { Sequences } from "./sequences.ts";

/** A weighted graph over items as sparse rows (CSR), each edge in the rows of both its ends. */
export interface ItemGraph {
  /** Item i's neighbours are `targets[offsets[i] .. offsets[i + 1])`, ascending and without repeats. */
  readonly offsets: Int32Array; // [items + 1]
  readonly targets: Int32Array;
  readonly weights: Float32Array;
}

/**
 * Which items follow which, both ways: two items k apart in a sequence, k at most `gaps`, add 1 / k to w_ij; an edge
 * weighs w_ij (1 / n_i + 1 / n_j), n_i how many neighbours item i has (Zhang, Liu, Xu, Xiong, Lei, He, Cui & Miao,
 * GCL4SR, IJCAI 2022). No item is its own neighbour. Time and space are linear in interactions times gaps.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { itemTransitions } from "./item_transitions.ts";
 *
 * const met = { offsets: Int32Array.of(0, 3), items: Int32Array.of(2, 0, 1) };
 * const { offsets, targets, weights } = itemTransitions(met, 3, 3);
 * assert.deepEqual(offsets, Int32Array.of(0, 2, 4, 6));
 * assert.deepEqual(targets, Int32Array.of(1, 2, 0, 2, 0, 1));
 * assert.deepEqual(weights, Float32Array.of(1, 1, 1, 0.5, 1, 0.5)); // 1 and 2 are two apart
 * ```
 */
export function itemTransitions({ offsets, items }: Sequences, itemCount: number, gaps: number): ItemGraph {
  const pairs = (visit: (earlier: number, later: number, gap: number) => void) => {
    for (let user = 0; user + 1 < offsets.length; user++) {
      const first = offsets[user]!, end = offsets[user + 1]!;
      for (let at = first; at < end; at++) {
        for (let gap = 1; gap <= gaps && at - gap >= first; gap++) {
          if (items[at - gap] !== items[at]) visit(items[at - gap]!, items[at]!, gap);
        }
      }
    }
  };
  let entries = 0, next = 0;
  pairs(() => entries += 2);
  const rows = new Int32Array(entries), targets = new Int32Array(entries), weights = new Float32Array(entries);
  pairs((earlier, later, gap) => {
    rows[next] = targets[next + 1] = earlier;
    targets[next] = rows[next + 1] = later;
    weights[next] = weights[next + 1] = 1 / gap;
    next += 2;
  });
  const graph = relation({ rows, targets, weights, rowCount: itemCount, targetCount: itemCount });
  const degree = (item: number) => graph.offsets[item + 1]! - graph.offsets[item]!, normalised = graph.weights!;
  for (let item = 0; item < itemCount; item++) {
    for (let at = graph.offsets[item]!; at < graph.offsets[item + 1]!; at++) {
      normalised[at]! *= 1 / degree(item) + 1 / degree(graph.targets[at]!);
    }
  }
  return { offsets: graph.offsets, targets: graph.targets, weights: normalised };
}
