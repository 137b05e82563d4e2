import type { Batch } from "../datasets/batching.ts";
import type { Draw } from "./sampler.ts";

/**
 * Uniform candidates that a row's user has not met, `count` ids for each row, row-major: with replacement, unless those
 * of a row are to differ. It leaves `draw.rng` at the first row's place, whichever thread drew them: seek before drawing
 * more.
 */
export function uniformRows(batch: Batch, draw: Draw, count: number): Int32Array {
  const ids = draw.ahead?.take(batch, draw.epoch, count) ?? drawUniformRows(batch, draw, count);
  draw.rng.seek(draw.epoch, batch.first);
  return ids;
}

/** Rows whose users are looked up together. */
const FETCHED = 128;

/** As {@link uniformRows}, by this thread. */
export function drawUniformRows(
  { users, first }: Pick<Batch, "users" | "first">,
  { rng, epoch, seen }: Pick<Draw, "rng" | "epoch" | "seen">,
  count: number,
): Int32Array {
  const ids = new Int32Array(users.length * count);
  users.forEach((user, row) => {
    if (row % FETCHED === 0) seen.fetch(users.subarray(row, row + FETCHED));
    seen.fillUnseen(user, rng.seek(epoch, first + row), ids, row * count, count);
  });
  return ids;
}
