import type { WalkableGraph } from "../../samplers/kgpolicy/walkable_graph.ts";

/** Numbers of a tensor, row-major. */
export type Numbers = readonly number[];
/** What the policy learns, by the names of its variables. */
export type Weights = Readonly<Record<"node" | `${"first" | "second"}/${"weight" | "bias"}`, Numbers>>;

const leaky = (x: number) => x > 0 ? x : 0.01 * x;
const dot = (a: Numbers, b: Numbers) => a.reduce((sum, x, at) => sum + x * b[at]!, 0);
export const softmax = (xs: Numbers): number[] => {
  const mass = xs.map(Math.exp), total = mass.reduce((a, b) => a + b);
  return mass.map((m) => m / total);
};

/** Vectors of the nodes, written out: two layers over node and mean of neighbours, scaled to length 1. */
export function vectorsOf(graph: WalkableGraph, weights: Weights, dim: number): number[][] {
  const table = Array.from({ length: graph.nodes }, (_, node) => weights.node.slice(node * dim, (node + 1) * dim));
  const layer = (h: readonly Numbers[], weight: Numbers, bias: Numbers) =>
    h.map((own, node) => {
      const near = [...graph.targets].flatMap((to, edge) => to === node ? [h[graph.sources[edge]!]!] : []);
      const mean = own.map((_, d) => near.length ? near.reduce((sum, x) => sum + x[d]!, 0) / near.length : 0);
      const joined = [...own, ...mean];
      return bias.map((b, to) => leaky(b + joined.reduce((sum, x, at) => sum + x * weight[at * bias.length + to]!, 0)));
    });
  const first = layer(table, weights["first/weight"], weights["first/bias"]);
  return layer(first, weights["second/weight"], weights["second/bias"]).map((h) => h.map((x) => x / Math.hypot(...h)));
}

/** What a walk meets. */
export interface World {
  readonly graph: WalkableGraph;
  /** Where each node's steps may lead. */
  readonly steps: readonly Numbers[];
  readonly items: number;
  readonly user: number;
  readonly temperature: number;
  readonly kept: number;
  /** The user's positives. */
  readonly met: Numbers;
  /** The recommender's score of each item. */
  readonly scores: Numbers;
  /** What stands in for what is no negative, at each step. */
  readonly uniform: readonly Numbers[];
}

/** Ratings of `among` from `x`, h_u . LeakyReLU(h_x * h_y) / temperature. */
export const ratings = ({ graph, user, temperature }: World, h: readonly Numbers[], x: number, among: Numbers) =>
  among.map((y) => dot(h[x]!.map((value, d) => leaky(value * h[y]![d]!)), h[graph.firstUser + user]!) / temperature);

/** Every way that an exploration step from `x` can end, and how likely it is. */
export function explored(world: World, h: readonly Numbers[], x: number, step: number): { id: number; p: number }[] {
  const { steps, items, kept, met, scores, uniform } = world, near = steps[x]!;
  return softmax(ratings(world, h, x, near)).flatMap((p, at) => {
    const via = near[at]!;
    const candidates = steps[via]!.map((y, slot) => y < items && !met.includes(y) ? y : uniform[step]![slot]!);
    const best = candidates.map((id, slot) => ({ id, slot })).sort((a, b) =>
      scores[b.id]! - scores[a.id]! || a.slot - b.slot
    ).slice(0, kept).map(({ id }) => id);
    return softmax(ratings(world, h, via, best)).map((q, slot) => ({ id: best[slot]!, p: p * q }));
  });
}
