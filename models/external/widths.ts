import { type DType, type Shape, sizeOf } from "../../graphs/tensor.ts";
import type { Coordinate, Coordinates } from "../backbone.ts";

/** A tensor of those that are joined to a representation. */
export interface Part {
  /** Without the batch. */
  readonly shape: Shape;
  /** In the model; a representation holds it as float32. */
  readonly dtype: DType;
  /** Whether a parameter that is trained reaches it. */
  readonly trained: boolean;
}

/** What is joined to representations. */
export interface Widths {
  readonly queries: readonly Part[];
  readonly items: readonly Part[];
  /** Of representations: of the side that has more numbers; the other's are filled up, since methods mix the two. */
  readonly dim: number;
}

/** What the coordinates of representations are; undefined where all are trained. */
export function coordinatesOf({ queries, items, dim }: Widths): Coordinates | undefined {
  if ([...queries, ...items].every(({ trained }) => trained)) return undefined;
  const of = (parts: readonly Part[]) => {
    const found = parts.flatMap(({ shape, dtype, trained }) =>
      Array.from(
        { length: sizeOf(shape) },
        (): Coordinate => dtype !== "float32" ? "exact" : trained ? "trained" : "fixed",
      )
    );
    return Array.from({ length: dim }, (_, at) => found[at] ?? "fixed");
  };
  return { query: of(queries), items: of(items) };
}
