import type { Value } from "../graphs/builder.ts";
import { slice } from "../graphs/ops/shape.ts";
import type { Encoder } from "./backbone.ts";
import { averaged } from "./scoring.ts";

/** Makes one vector of a representation, [.., L, D] -> [.., 1, D']: layers as ranking takes them, biases left out. */
export const pointOf = ({ pool = averaged, biased }: Pick<Encoder, "pool" | "biased">) => (x: Value): Value => {
  const pooled = pool(x);
  return biased ? slice(pooled, -1, 0, pooled.shape.at(-1)! - 1) : pooled;
};
