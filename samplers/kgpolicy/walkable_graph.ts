import type { Catalogue } from "../../datasets/catalogue.ts";
import { countingSort } from "../../datasets/counting_sort.ts";
import type { KnowledgeGraph } from "../../datasets/metadata.ts";
import { Rng } from "../../random/rng.ts";

/** A knowledge graph joined with who met what, each node with a fixed sample of its neighbours. */
export interface WalkableGraph {
  /** Entities, of which the items are the first, then users. */
  readonly nodes: number;
  /** The number of a user's node is this and the user's. */
  readonly firstUser: number;
  /** Where a step may lead: `width` sampled neighbours, items in place of those that a node lacks, and `width` random items. */
  readonly steps: Int32Array; // [nodes, 2 width]
  /** The sampled neighbours as edges, from neighbour to node, by node. */
  readonly sources: Int32Array; // [edges]
  readonly targets: Int32Array; // [edges]
  /** 1 / how many neighbours a node has in the sample; 0 for none. */
  readonly shares: Float32Array; // [nodes]
}

/**
 * Joins facts and interactions, without direction and kind, and samples at most `width` neighbours of each node. The
 * sample is the data's, not the run's: the same whatever the seed.
 */
export function walkableGraph(catalogue: Catalogue, knowledge: KnowledgeGraph, width: number): WalkableGraph {
  const { items } = catalogue, firstUser = knowledge.entities, nodes = firstUser + catalogue.users;
  const { offsets, ends } = neighbours(catalogue, knowledge), rng = new Rng(0, "walkable graph");
  const steps = new Int32Array(nodes * 2 * width), sources: number[] = [], targets: number[] = [];
  const shares = new Float32Array(nodes);
  for (let node = 0; node < nodes; node++) {
    const all = ends.slice(offsets[node], offsets[node + 1]), stream = rng.seek(0, node);
    const some = all.length > width ? sampled(all, width, stream) : all, row = node * 2 * width;
    steps.set(some, row);
    stream.fillBelow(items, steps, row + some.length, 2 * width - some.length);
    for (const end of some) {
      sources.push(end);
      targets.push(node);
    }
    shares[node] = some.length && 1 / some.length;
  }
  return { nodes, firstUser, steps, sources: Int32Array.from(sources), targets: Int32Array.from(targets), shares };
}

/** Each node's neighbours, ascending and without repeats or the node itself: those of node n are `ends[offsets[n] ..]`. */
function neighbours({ users, offsets, positives }: Catalogue, { entities, heads, tails }: KnowledgeGraph) {
  const half = heads.length + positives.length, starts = new Int32Array(2 * half), ends = new Int32Array(2 * half);
  const join = (at: number, a: number, b: number) => {
    starts[at] = ends[half + at] = a;
    ends[at] = starts[half + at] = b;
  };
  heads.forEach((head, at) => join(at, head, tails[at]!));
  for (let user = 0; user < users; user++) {
    for (let at = offsets[user]!; at < offsets[user + 1]!; at++) {
      join(heads.length + at, entities + user, positives[at]!);
    }
  }
  const nodes = entities + users, byEnd = countingSort(ends, nodes).order, sorted = countingSort(starts, nodes, byEnd);
  const kept = new Int32Array(nodes + 1), found: number[] = [];
  for (let node = 0; node < nodes; node++) {
    let last = node;
    for (let at = sorted.offsets[node]!; at < sorted.offsets[node + 1]!; at++) {
      const end = ends[sorted.order[at]!]!;
      if (end !== node && end !== last) found.push(end);
      if (end !== node) last = end;
    }
    kept[node + 1] = found.length;
  }
  return { offsets: kept, ends: Int32Array.from(found) };
}

/** `count` of `all`, every set of them equally likely; `all` is permuted. */
function sampled(all: Int32Array, count: number, rng: Rng): Int32Array {
  for (let at = 0; at < count; at++) {
    const other = at + rng.below(all.length - at), kept = all[at]!;
    all[at] = all[other]!;
    all[other] = kept;
  }
  return all.subarray(0, count);
}
