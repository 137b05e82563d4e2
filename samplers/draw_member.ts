import type { Rng } from "../random/rng.ts";
import { drawUntil } from "./draw_until.ts";

/** One of the `members` that `accepts` takes, each as likely; undefined where it takes none. */
export function drawMember(members: Int32Array, rng: Rng, accepts: (member: number) => boolean): number | undefined {
  if (members.length === 0) return undefined;
  const found = drawUntil(() => members[rng.below(members.length)]!, accepts);
  if (found !== undefined) return found;
  const left = members.filter(accepts);
  return left.length > 0 ? left[rng.below(left.length)] : undefined;
}
