import type { Catalogue } from "../../datasets/catalogue.ts";
import { countingSort } from "../../datasets/counting_sort.ts";
import { entryRows } from "../../datasets/entry_rows.ts";
import type { KnowledgeGraph } from "../../datasets/metadata.ts";
import { Rng } from "../../random/rng.ts";
import type { Draw } from "../sampler.ts";
import { otherStream } from "../streams.ts";

/** A knowledge graph joined with who met what. */
export interface WalkableGraph {
  /** Entities, of which the items are the first, then users. */
  readonly nodes: number;
  /** The number of a user's node is this and the user's. */
  readonly firstUser: number;
  readonly items: number;
  /** Where a walk may go: from node n to `ends[offsets[n] .. offsets[n + 1])`, ascending. */
  readonly offsets: Int32Array; // [nodes + 1]
  readonly ends: Int32Array;
  /** A fixed sample of neighbours as edges, from neighbour to node, by node: what vectors are made with. */
  readonly sources: Int32Array; // [edges]
  readonly targets: Int32Array; // [edges]
  /** 1 / how many neighbours a node has in that sample; 0 for none. */
  readonly shares: Float32Array; // [nodes]
}

/**
 * Joins facts and interactions, without direction and kind, and samples at most `width` neighbours of each node for
 * vectors. That sample is the data's, not the run's: the same whatever the seed. Walks pass users if they go
 * `throughUsers`.
 */
export function walkableGraph(
  catalogue: Catalogue,
  knowledge: KnowledgeGraph,
  width: number,
  throughUsers: boolean,
): WalkableGraph {
  const { items } = catalogue, firstUser = knowledge.entities, nodes = firstUser + catalogue.users;
  const all = neighbours(catalogue, knowledge), rng = new Rng(0, "walkable graph");
  const sources: number[] = [], targets: number[] = [], shares = new Float32Array(nodes);
  const offsets = new Int32Array(nodes + 1), ends: number[] = [];
  for (let node = 0; node < nodes; node++) {
    const near = all.ends.subarray(all.offsets[node], all.offsets[node + 1]);
    const some = sampled(near, width, rng.seek(0, node));
    for (const end of some) {
      sources.push(end);
      targets.push(node);
    }
    shares[node] = some.length && 1 / some.length;
    for (const end of near) if (throughUsers || end < firstUser) ends.push(end);
    offsets[node + 1] = ends.length;
  }
  return {
    nodes,
    firstUser,
    items,
    offsets,
    ends: Int32Array.from(ends),
    sources: Int32Array.from(sources),
    targets: Int32Array.from(targets),
    shares,
  };
}

/**
 * Draws where each node's steps may lead, into `steps` [nodes, 2 width]: `width` neighbours, random items in the place of
 * those that a node lacks, and `width` random items more.
 */
export function drawSteps(
  { nodes, items, offsets, ends }: WalkableGraph,
  draw: Pick<Draw, "rng" | "epoch">,
  steps: Int32Array,
): void {
  const columns = steps.length / nodes;
  for (let node = 0; node < nodes; node++) {
    const stream = otherStream(draw, node);
    const some = sampled(ends.subarray(offsets[node], offsets[node + 1]), columns / 2, stream);
    steps.set(some, node * columns);
    stream.fillBelow(items, steps, node * columns + some.length, columns - some.length);
  }
}

/** Each node's neighbours, ascending and without repeats or the node itself: those of node n are `ends[offsets[n] ..]`. */
function neighbours({ users, offsets, positives }: Catalogue, { entities, heads, tails }: KnowledgeGraph) {
  const half = heads.length + positives.length, starts = new Int32Array(2 * half), ends = new Int32Array(2 * half);
  const join = (at: number, a: number, b: number) => {
    starts[at] = ends[half + at] = a;
    ends[at] = starts[half + at] = b;
  };
  heads.forEach((head, at) => join(at, head, tails[at]!));
  entryRows({ offsets }).forEach((user, at) => join(heads.length + at, entities + user, positives[at]!));
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

/** At most `count` of `all`, every set of them equally likely. */
function sampled(all: Int32Array, count: number, rng: Rng): Int32Array {
  if (all.length <= count) return all;
  all = all.slice();
  for (let at = 0; at < count; at++) {
    const other = at + rng.below(all.length - at), kept = all[at]!;
    all[at] = all[other]!;
    all[other] = kept;
  }
  return all.subarray(0, count);
}
