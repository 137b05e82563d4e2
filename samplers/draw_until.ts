/** Draws that may be refused: where so many are, what is wanted is rare or there is none. */
const ATTEMPTS = 64;

/** The first of some draws that `accepts` takes; undefined where none is. */
export function drawUntil(draw: () => number, accepts: (drawn: number) => boolean): number | undefined {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const drawn = draw();
    if (accepts(drawn)) return drawn;
  }
  return undefined;
}
