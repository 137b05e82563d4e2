import { integer, type Option } from "../options/option.ts";

/** The option `negatives` of most samplers. */
export const perPositive = (count: number): Option<number> => integer(count, "negatives for each positive", { min: 1 });

/** The option `negatives` where each is chosen from candidates of its own. */
export const fromOwnPools = (count: number): Option<number> =>
  integer(count, "negatives for each positive, each from a pool of its own", { min: 1 });

/** The option `pool` of samplers that choose among candidates. */
export const poolOf = (size: number): Option<number> => integer(size, "candidates for each negative", { min: 1 });
