import type { SeenItems } from "../../datasets/negatives.ts";
import type { Rng } from "../../random/rng.ts";
import { drawUntil } from "../draw_until.ts";
import { firstAbove } from "../first_above.ts";
import type { Overlap, Overlaps } from "./overlap.ts";

/** Of which items, and how sharply, hard ones are drawn. */
export interface HardLaw {
  /** Those that overlap with the positive, or all. */
  readonly support: "overlap" | "all";
  /** tau of e^(J / tau). */
  readonly temperature: number;
}

/**
 * Fills `into` with items drawn with replacement by softmax(J(i, j) / tau) over the j that `user` has not met and whose
 * overlap J with the positive i is at most `cap`; false where there are none. Candidates come by running totals where the
 * overlaps with i are kept, else by walks; some are refused, so that the law is exact, and all are looked at only where
 * nearly all are refused.
 */
export type DrawHard = (
  row: { readonly user: number; readonly positive: number; readonly cap: number },
  seen: SeenItems,
  rng: Rng,
  into: Int32Array,
) => boolean;

/** Running totals of the weights of what overlaps with an item and is at most `cap`. */
interface Totals {
  cap: number;
  readonly totals: Float64Array;
}

export function hardItems(overlap: Overlap, items: number, { support, temperature }: HardLaw): DrawHard {
  const isOverlap = support === "overlap", open = new Int32Array(items), masses = new Float64Array(items);
  /** Draws by running totals over all of the items that may be drawn. */
  const drawFromAll = (isOpen: (item: number, j: number) => boolean, rng: Rng, into: Int32Array) => {
    const shares = overlap.kept() ?? overlap.all(), { length } = shares.items;
    let count = 0, top = 0, sum = 0;
    const consider = (item: number, j: number) => {
      if (!isOpen(item, j)) return;
      open[count] = item;
      masses[count++] = j;
      top = Math.max(top, j);
    };
    if (isOverlap) { for (let slot = 0; slot < length; slot++) consider(shares.items[slot]!, shares.overlaps[slot]!); }
    else {
      const j = new Float64Array(items);
      for (let slot = 0; slot < length; slot++) j[shares.items[slot]!] = shares.overlaps[slot]!;
      for (let item = 0; item < items; item++) consider(item, j[item]!);
    }
    for (let slot = 0; slot < count; slot++) masses[slot] = sum += Math.exp((masses[slot]! - top) / temperature);
    const law = masses.subarray(0, count);
    if (count > 0) into.forEach((_, at) => into[at] = open[firstAbove(law, rng.uniform() * sum)]!);
    return count > 0;
  };

  const capped = new Map<number, Totals>();
  /** Running totals over what overlaps with a positive; those of the last cap are kept, which an epoch has in common. */
  const totalsOf = ({ items, overlaps }: Overlaps, positive: number, cap: number): Float64Array => {
    let known = capped.get(positive);
    if (known?.cap === cap) return known.totals;
    if (!known) capped.set(positive, known = { cap, totals: new Float64Array(items.length) });
    known.cap = cap;
    const isOpen = (slot: number) => overlaps[slot]! <= cap && items[slot] !== positive;
    let top = 0, sum = 0;
    for (let slot = 0; slot < items.length; slot++) if (isOpen(slot)) top = Math.max(top, overlaps[slot]!);
    for (let slot = 0; slot < items.length; slot++) {
      known.totals[slot] = sum += isOpen(slot) ? Math.exp((overlaps[slot]! - top) / temperature) : 0;
    }
    return known.totals;
  };

  return ({ user, positive, cap }, seen, rng, into) => {
    if (isOverlap && cap <= 0) return false;
    overlap.focus(positive);
    const isOpen = (item: number, j: number) => j <= cap && item !== positive && !seen.has(user, item);
    const fill = (draw: () => number, accepts: (item: number) => boolean) => {
      for (let at = 0; at < into.length; at++) {
        const found = drawUntil(draw, accepts);
        if (found === undefined) return drawFromAll(isOpen, rng, into.subarray(at));
        into[at] = found;
      }
      return true;
    };
    const kept = isOverlap ? overlap.kept() : undefined;
    if (kept) {
      const totals = totalsOf(kept, positive, cap), sum = totals.at(-1) ?? 0;
      const draw = () => kept.items[firstAbove(totals, rng.uniform() * sum)]!;
      return sum > 0 && fill(draw, (item) => !seen.has(user, item));
    }
    const top = Math.min(cap, overlap.largest());
    // a walk ends at an item as often as it shares neighbours: one end in so many is taken
    const draw = isOverlap ? () => overlap.walk((paths) => rng.below(paths)) : () => rng.below(items);
    return fill(draw, (item) => {
      if (item < 0) return false;
      const { overlap: j, common } = overlap.with(item);
      return isOpen(item, j) && rng.uniform() * (isOverlap ? common : 1) < Math.exp((j - top) / temperature);
    });
  };
}
