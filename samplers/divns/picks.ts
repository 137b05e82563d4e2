import type { Attributes } from "../../datasets/metadata.ts";
import type { Features } from "../../random/dpp/similarities.ts";
import type { Rng } from "../../random/rng.ts";

/**
 * The `k` of `cached` that are furthest from some hard negative: whose least cosine to any of `hard` is lowest, ties the
 * first. What the released code of DivNS does in place of a k-DPP, there with the slots of hard negatives for their ids.
 */
export function leastAlike({ width, features }: Features, cached: Int32Array, hard: Int32Array, k: number): Int32Array {
  const least = new Float64Array(cached.length).fill(Infinity);
  for (const id of new Set(hard)) {
    for (let slot = 0; slot < cached.length; slot++) {
      let cosine = 0;
      for (let d = 0; d < width; d++) cosine += features[cached[slot]! * width + d]! * features[id * width + d]!;
      least[slot] = Math.min(least[slot]!, cosine);
    }
  }
  const slots = [...least.keys()].sort((a, b) => least[a]! - least[b]! || a - b).slice(0, k);
  return Int32Array.from(slots, (slot) => cached[slot]!);
}

/**
 * `k` of `cached` with an even share for each attribute: each pick has an attribute that fewest of the picks before have,
 * ties at random, and is a random item of it; items without any are an attribute of their own.
 */
export function evenOverAttributes(
  { names, offsets, targets }: Attributes,
  cached: Int32Array,
  k: number,
  rng: Rng,
): Int32Array {
  const of = (id: number) =>
    offsets[id] === offsets[id + 1] ? [names.length] : targets.subarray(offsets[id], offsets[id + 1]);
  const left = new Map<number, number[]>(),
    picks = new Map<number, number>(),
    found: number[] = [],
    taken = new Set<number>();
  for (const id of rng.shuffle(cached.slice())) {
    for (const attribute of of(id)) {
      if (!left.has(attribute)) left.set(attribute, []);
      left.get(attribute)!.push(id);
    }
  }
  while (found.length < k && left.size > 0) {
    const open = [...left.keys()], fewest = Math.min(...open.map((attribute) => picks.get(attribute) ?? 0));
    const least = open.filter((attribute) => (picks.get(attribute) ?? 0) === fewest);
    const attribute = least[rng.below(least.length)]!, items = left.get(attribute)!, id = items.pop();
    if (items.length === 0) left.delete(attribute);
    if (id === undefined || taken.has(id)) continue;
    taken.add(id);
    found.push(id);
    for (const each of of(id)) picks.set(each, (picks.get(each) ?? 0) + 1);
  }
  return Int32Array.from(found);
}
