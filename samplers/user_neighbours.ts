import type { Catalogue } from "../datasets/catalogue.ts";
import { invert } from "../datasets/invert.ts";
import type { Neighbours } from "./sampler.ts";

/**
 * Each user's `count` nearest others by the Jaccard index of their positives, nearest first, ties by id. A user with
 * fewer neighbours who share an item has id -1 in the places left. Time is the sum over items of their squared counts.
 */
export function jaccardNeighbours({ users, items, offsets, positives }: Catalogue, count: number): Neighbours {
  const fans = invert({ offsets, targets: positives }, items), // users by item
    size = (user: number) => offsets[user + 1]! - offsets[user]!;
  const ids = new Int32Array(users * count).fill(-1), cosines = new Float32Array(users * count);
  const shared = new Int32Array(users);
  for (let user = 0; user < users; user++) {
    const met: number[] = [];
    for (let at = offsets[user]!; at < offsets[user + 1]!; at++) {
      const item = positives[at]!;
      for (let fan = fans.offsets[item]!; fan < fans.offsets[item + 1]!; fan++) {
        const other = fans.targets[fan]!;
        if (other !== user && shared[other]!++ === 0) met.push(other);
      }
    }
    const index = (other: number) => shared[other]! / (size(user) + size(other) - shared[other]!);
    const nearest = met.map((other) => ({ other, near: index(other) })).sort((a, b) =>
      b.near - a.near || a.other - b.other
    );
    nearest.slice(0, count).forEach(({ other, near }, at) => {
      ids[user * count + at] = other;
      cosines[user * count + at] = near;
    });
    for (const other of met) shared[other] = 0;
  }
  return { ids, cosines };
}
