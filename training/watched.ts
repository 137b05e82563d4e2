import type { Value } from "../graphs/builder.ts";
import { sub } from "../graphs/ops/arithmetic.ts";
import { expand, reshape, slice } from "../graphs/ops/shape.ts";
import type { TrainingStep } from "./step.ts";

/** Negatives of a step that are looked at: as many of its rows as have no more than so many. */
const LOOKED_AT = 2048;

/** Outputs of a step that say what its negatives were: those of its first rows, r, flattened where a pool is shared. */
export interface Watched {
  /** Names to values, to be asked of the program. */
  readonly outputs: Readonly<Record<string, Value>>;
  readonly rows: number;
  /** Negatives a row. */
  readonly width: number;
  /** Ids a row: the negatives' own, or of the items they were made of. */
  readonly sources: number;
  /** Width of a negative's vector, where negatives are made and have no id. */
  readonly vector: number;
}
/** Names of the outputs. */
export const watchedNames = {
  positive: "negatives/positive", // [r, 1]
  negative: "negatives/negative", // [r, N]
  mask: "negatives/mask", // [r, N]
  ids: "negatives/ids", // [r, n]
  vectors: "negatives/vectors", // [r, N, D]
} as const;

/** What to watch of a step; nothing where it ranks nothing lower. */
export function watched({ negatives, scores, graph, point }: TrainingStep): Watched | undefined {
  const drawn = "objective" in negatives ? negatives.negatives : negatives;
  if (!drawn || !scores.negative) return undefined;
  const [height, width] = scores.negative.shape as [number, number];
  const rows = Math.max(1, Math.min(height, Math.floor(LOOKED_AT / width)));
  const top = (x: Value) => x.shape[0] === height ? slice(x, 0, 0, rows) : expand(x, [rows, ...x.shape.slice(1)]);
  const ids = drawn.ids ?? ("sources" in drawn ? drawn.sources as Value | undefined : undefined);
  const points = drawn.ids ? undefined : point(top(drawn.items)), vector = points?.shape.at(-1) ?? 0; // [r, N, 1, D]
  return {
    rows,
    width,
    sources: ids?.shape[1] ?? 0,
    vector,
    outputs: {
      [watchedNames.positive]: top(scores.positive),
      [watchedNames.negative]: top(scores.negative),
      ...drawn.mask && { [watchedNames.mask]: top(drawn.mask) },
      // outputs must be computed: a fed input cannot be asked back
      ...ids && { [watchedNames.ids]: sub(top(ids), graph.constant(Int32Array.of(0), [1])) },
      ...points && { [watchedNames.vectors]: reshape(points, [rows, width, vector]) },
    },
  };
}
