import { integer, type Option } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";

/** The option `negatives` of most samplers. */
export const perPositive = (count: number): Option<number> =>
  byMagnitude(integer(count, "negatives for each positive", { min: 1 }), 1, 8);

/** The option `negatives` where each is chosen from candidates of its own. */
export const fromOwnPools: Option<number> = byMagnitude(
  integer(1, "negatives for each positive, each from a pool of its own", { min: 1 }),
  1,
  4,
);

/** The option `pool` of samplers that choose among candidates. */
export const poolOf = (size: number): Option<number> =>
  byMagnitude(integer(size, "candidates for each negative", { min: 1 }), 4, 64);
