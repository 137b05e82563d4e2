import { idsBelow } from "../datasets/ids_below.ts";
import type { SeenItems } from "../datasets/negatives.ts";
import type { Rng } from "../random/rng.ts";
import { drawUntil } from "./draw_until.ts";

/** An item that the user has not met and `accepts` takes, each as likely; any that was not met where it takes none. */
export function drawUnseenWhere(seen: SeenItems, user: number, rng: Rng, accepts: (item: number) => boolean): number {
  const found = drawUntil(() => seen.drawUnseen(user, rng), accepts);
  if (found !== undefined) return found;
  const left = idsBelow(seen.catalogue.items).filter((item) => !seen.has(user, item) && accepts(item));
  return left.length > 0 ? left[rng.below(left.length)]! : seen.drawUnseen(user, rng);
}
