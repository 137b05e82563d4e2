import type { SeenItems } from "../../datasets/negatives.ts";
import type { Rng } from "../../random/rng.ts";
import { drawUntil } from "../draw_until.ts";
import { firstAbove } from "../first_above.ts";
import type { Overlap } from "./overlap.ts";

/** Of which items, and how sharply, hard ones are drawn. */
export interface HardLaw {
  /** Those that overlap with the positive, or all. */
  readonly support: "overlap" | "all";
  /** tau of e^(J / tau). */
  readonly temperature: number;
}

/**
 * Fills `into` with items drawn with replacement by softmax(J(i, j) / tau) over the j that `user` has not met and whose
 * overlap J with the positive i is at most `cap`; false where there are none. It walks to candidates and refuses some,
 * so that the law is exact, and looks at all of them only where nearly all are refused.
 */
export type DrawHard = (
  row: { readonly user: number; readonly positive: number; readonly cap: number },
  seen: SeenItems,
  rng: Rng,
  into: Int32Array,
) => boolean;

export function hardItems(overlap: Overlap, items: number, { support, temperature }: HardLaw): DrawHard {
  const isOverlap = support === "overlap", open = new Int32Array(items), totals = new Float64Array(items);
  /** Draws by running totals over all of the items that may be drawn. */
  const drawFromAll = (isOpen: (item: number, j: number) => boolean, rng: Rng, into: Int32Array) => {
    const shares = overlap.kept(), { length } = shares.items;
    let count = 0, top = 0, sum = 0;
    const consider = (item: number, j: number) => {
      if (!isOpen(item, j)) return;
      open[count] = item;
      totals[count++] = j;
      top = Math.max(top, j);
    };
    if (isOverlap) { for (let slot = 0; slot < length; slot++) consider(shares.items[slot]!, shares.overlaps[slot]!); }
    else {
      const j = new Float64Array(items);
      for (let slot = 0; slot < length; slot++) j[shares.items[slot]!] = shares.overlaps[slot]!;
      for (let item = 0; item < items; item++) consider(item, j[item]!);
    }
    for (let slot = 0; slot < count; slot++) totals[slot] = sum += Math.exp((totals[slot]! - top) / temperature);
    const law = totals.subarray(0, count);
    if (count > 0) into.forEach((_, at) => into[at] = open[firstAbove(law, rng.uniform() * sum)]!);
    return count > 0;
  };
  return ({ user, positive, cap }, seen, rng, into) => {
    if (isOverlap && cap <= 0) return false;
    overlap.focus(positive);
    const top = Math.min(cap, overlap.largest());
    const isOpen = (item: number, j: number) => j <= cap && item !== positive && !seen.has(user, item);
    // a walk ends at an item as often as it shares neighbours: one end in so many is taken
    const draw = isOverlap ? () => overlap.walk((paths) => rng.below(paths)) : () => rng.below(items);
    const accepts = (item: number) => {
      if (item < 0 || overlap.exceeds(item, cap)) return false;
      const { overlap: j, common } = overlap.with(item);
      return isOpen(item, j) && rng.uniform() * (isOverlap ? common : 1) < Math.exp((j - top) / temperature);
    };
    for (let at = 0; at < into.length; at++) {
      const found = drawUntil(draw, accepts);
      if (found === undefined) return drawFromAll(isOpen, rng, into.subarray(at));
      into[at] = found;
    }
    return true;
  };
}
