import type { Catalogue } from "../datasets/catalogue.ts";

/** Rows of one block have at least this fraction of its width as neighbours, so that little of it is padding. */
const FILL = 0.8;
/** Most slots of a block: with 64 columns a gather of them is 16 MB. */
const SLOTS = 2 ** 16;

/** Consecutive nodes of about the same degree, with their neighbours. */
export interface Block {
  readonly rows: number; // n
  readonly width: number; // k
  /** Positions of neighbours; {@link Neighbourhoods.count} pads. */
  readonly neighbours: Int32Array; // [n, k]
  /** Which of the catalogue's positives each neighbour is; their number pads. */
  readonly edges: Int32Array; // [n, k]
}

/** The bipartite graph of who met what, its nodes by falling degree. Node u is user u, node `users + i` is item i. */
export interface Neighbourhoods {
  /** Users and items together. */
  readonly count: number;
  /** The node at each position. */
  readonly order: Int32Array; // [count]
  /** The position of each node. */
  readonly position: Int32Array; // [count]
  readonly degree: Int32Array; // of the node at each position
  /** Blocks of the positions from 0 on; nodes without neighbours come last and are in none. */
  readonly blocks: readonly Block[];
  /** How many nodes have no neighbours. */
  readonly isolated: number;
}

/**
 * Lays a catalogue's graph out for propagation: sums over neighbours become a few gathers of rectangles, whose sums need
 * no scatter. On the CPU that is faster than scattering messages; on a GPU it adds in a fixed order, so that a step
 * replays exactly.
 */
export function neighbourhoods({ users, items, offsets, positives }: Catalogue): Neighbourhoods {
  const count = users + items, edgeCount = positives.length, degrees = new Int32Array(count);
  for (let user = 0; user < users; user++) degrees[user] = offsets[user + 1]! - offsets[user]!;
  for (const item of positives) degrees[users + item]!++;
  const order = Int32Array.from({ length: count }, (_, node) => node).sort((a, b) => degrees[b]! - degrees[a]!);
  const position = new Int32Array(count), degree = Int32Array.from(order, (node) => degrees[node]!);
  order.forEach((node, at) => position[node] = at);

  const starts = new Int32Array(count + 1); // each node's neighbours in one list
  for (let node = 0; node < count; node++) starts[node + 1] = starts[node]! + degrees[node]!;
  const next = starts.slice(), neighbours = new Int32Array(2 * edgeCount), edges = new Int32Array(2 * edgeCount);
  const meet = (node: number, other: number, edge: number) => {
    edges[next[node]!] = edge;
    neighbours[next[node]!++] = position[other]!;
  };
  for (let user = 0; user < users; user++) {
    for (let edge = offsets[user]!; edge < offsets[user + 1]!; edge++) {
      meet(user, users + positives[edge]!, edge);
      meet(users + positives[edge]!, user, edge);
    }
  }

  const blocks: Block[] = [], connected = degree.findLastIndex((d) => d > 0) + 1;
  for (let first = 0; first < connected;) {
    const width = degree[first]!, most = Math.max(1, Math.floor(SLOTS / width));
    let end = first + 1;
    while (end < connected && end - first < most && degree[end]! >= FILL * width) end++;
    const block = { neighbours: new Int32Array((end - first) * width), edges: new Int32Array((end - first) * width) };
    block.neighbours.fill(count);
    block.edges.fill(edgeCount);
    for (let at = first; at < end; at++) {
      const from = starts[order[at]!]!, to = starts[order[at]! + 1]!;
      block.neighbours.set(neighbours.subarray(from, to), (at - first) * width);
      block.edges.set(edges.subarray(from, to), (at - first) * width);
    }
    blocks.push({ rows: end - first, width, ...block });
    first = end;
  }
  return { count, order, position, degree, blocks, isolated: count - connected };
}
