import type { Value } from "../graphs/builder.ts";
import { slice } from "../graphs/ops/shape.ts";
import type { Encoder } from "./backbone.ts";
import { vectorsOf } from "./coordinates.ts";
import { averaged } from "./scoring.ts";

/** Makes one vector of a representation, [.., L, D] -> [.., 1, D']: layers as ranking takes them, biases and what is no vector left out. */
export const pointOf = (
  { pool = averaged, biased, coordinates }: Pick<Encoder, "pool" | "biased" | "coordinates">,
) =>
(x: Value): Value => {
  const pooled = pool(vectorsOf(x, coordinates));
  return biased ? slice(pooled, -1, 0, pooled.shape.at(-1)! - 1) : pooled;
};
