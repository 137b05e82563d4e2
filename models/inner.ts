import type { Value } from "../graphs/builder.ts";
import type { Encoder } from "./backbone.ts";
import { averaged } from "./scoring.ts";

/**
 * What makes vectors of representations, [.., L, D] -> [.., 1, D'], of which scores are the inner products; undefined
 * where they are none of any.
 */
export const innerOf = ({ inner, dot, pool }: Encoder): ((x: Value) => Value) | undefined =>
  inner ?? (dot && (pool ?? averaged));
