import type { Features } from "../../random/dpp/similarities.ts";
import type { Caches } from "./caches.ts";
import type { DiverseSets } from "./diverse_sets.ts";

/**
 * The mean over users of 1 - cosine between pairs of the negatives that the last epoch trained them on, as the item
 * vectors now stand: mixtures of a hard and a diverse half, of which the hard one has the share `lambda`.
 */
export function lastDistance(
  { width, features }: Features,
  caches: Caches,
  sets: DiverseSets,
  lambda: number,
): number {
  const mixture = new Float64Array(width), sum = new Float64Array(width), { users } = caches.catalogue;
  let total = 0, counted = 0;
  for (let user = 0; user < users; user++) {
    const hard = caches.hardOf(user), diverse = sets.of(user);
    const share = diverse.length > 0 ? lambda : 1, count = hard.length;
    if (count < 2) continue;
    sum.fill(0);
    let units = 0;
    hard.forEach((h, at) => { // the order of rows is that in which diverse ids were handed out
      const other = diverse.length > 0 ? diverse[at % diverse.length]! : h;
      let squares = 0;
      for (let d = 0; d < width; d++) {
        mixture[d] = share * features[h * width + d]! + (1 - share) * features[other * width + d]!;
        squares += mixture[d]! ** 2;
      }
      if (squares === 0) return; // at a right angle to everything
      units++;
      for (let d = 0; d < width; d++) sum[d]! += mixture[d]! / Math.sqrt(squares);
    });
    // |sum of unit vectors|^2 = n + 2 sum of the pairs' cosines
    const squared = sum.reduce((all, x) => all + x * x, 0);
    total += 1 - (squared - units) / (count * (count - 1));
    counted++;
  }
  return counted === 0 ? 0 : total / counted;
}
