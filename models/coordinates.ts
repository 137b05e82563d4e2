import type { Value } from "../graphs/builder.ts";
import { where } from "../graphs/ops/compare.ts";
import { gather } from "../graphs/ops/index.ts";
import type { Coordinate, Coordinates } from "./backbone.ts";

/** What of a representation weight decay applies to: the rest is 0, infinite or not. [.., L, D] -> [.., L, D] */
export function decaying(x: Value, coordinates?: readonly Coordinate[]): Value {
  if (!coordinates) return x;
  const trained = Uint8Array.from(coordinates, (each) => Number(each === "trained"));
  return where(x.graph.constant(trained, [trained.length]), x, 0);
}

/** Whether representations hold what is no vector, on either side. */
export const holdsExact = (coordinates?: Coordinates): boolean =>
  coordinates !== undefined && [...coordinates.query, ...coordinates.items].includes("exact");

/** What of items' representations is a vector. [.., L, D] -> [.., L, D'] */
export function vectorsOf(x: Value, coordinates?: Coordinates): Value {
  const kept = coordinates?.items.flatMap((each, at) => each === "exact" ? [] : [at]) ?? [];
  if (!coordinates || kept.length === coordinates.items.length) return x;
  return gather(x, x.graph.constant(Int32Array.from(kept)), -1);
}
