/**
 * The slot in which `mass` falls when weights are laid end to end: with mass uniform below their sum, each with
 * probability proportional to its weight. A slot without weight is never hit; rounding ends in the last that has some;
 * -1 where none has.
 */
export function weightedSlot(weights: ArrayLike<number>, mass: number): number {
  let found = -1;
  for (let slot = 0, left = mass; slot < weights.length && left >= 0; slot++) {
    if (!(weights[slot]! > 0)) continue;
    found = slot;
    left -= weights[slot]!;
  }
  return found;
}
