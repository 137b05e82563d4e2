import type { Catalogue } from "../../datasets/catalogue.ts";
import { lowerBound } from "../../datasets/lower_bound.ts";

/** Tells the place of a positive in its user's sequence, from 0; the last where it was met more than once. */
export function placesOf(catalogue: Catalogue): (user: number, positive: number) => number {
  const { users, offsets, positives } = catalogue, sequences = catalogue.sequences();
  const places = new Int32Array(positives.length); // as `positives`
  const slotOf = (user: number, item: number) => lowerBound(positives, offsets[user]!, offsets[user + 1]!, item);
  for (let user = 0; user < users; user++) {
    const first = sequences.offsets[user]!, end = sequences.offsets[user + 1]!;
    for (let at = first; at < end; at++) places[slotOf(user, sequences.items[at]!)] = at - first;
  }
  return (user, positive) => places[slotOf(user, positive)]!;
}
