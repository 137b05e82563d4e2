import type { GraphBuilder, Value } from "../graphs/builder.ts";
import type { Catalogue } from "../datasets/catalogue.ts";

/**
 * A recommender's three functions, in a graph. Representations are [.., L, D]: L layers of width D, where L = 1 unless
 * the model keeps its hops apart.
 */
export interface Encoder {
  /** What each row asks with: a user, or a history. */
  readonly query: Value; // [R, L, D]
  /** Representations of any ids. */
  items(ids: Value): Value; // [..] -> [.., L, D]
  /** Scores of items for each row; a leading 1 is one pool for all rows. Takes representations, not ids: a synthesised negative has no id. */
  score(query: Value, items: Value): Value; // [R, L, D], [R|1, N, L, D] -> [R, N]
  /** Whether `score` is the inner product of layer means: what some methods build on. */
  readonly dot?: true;
  /**
   * Representations as short as scoring needs them, where layers are kept apart: of the same score. Whoever keeps
   * representations to score them often keeps these.
   */
  pool?(x: Value): Value; // [.., L, D] -> [.., 1, D]
  /** The part of `query` that weight decay applies to, where that is not its first layer. */
  readonly decayed?: Value; // [R, D]
}

/** One batch in a graph. */
export interface BatchValues {
  readonly rows: number;
  readonly users: Value; // [R] int32
  /** Whether the graph trains: dropout is for training only. */
  readonly training?: boolean;
}

/** A scoring model: declares its variables and hands over its three functions. It is built into every graph that needs it. */
export interface Backbone {
  /** Numbers that scoring holds for each pair, where they are more than its score: ranking takes smaller blocks then. */
  readonly pairWidth?: number;
  /** What was guessed about it, in lines for a person to check. */
  readonly notes?: readonly string[];
  /** A trained model as a file of its own, where the backbone came as one. */
  written?(weights: ReadonlyMap<string, { readonly data: Float32Array }>): Uint8Array;
  build(graph: GraphBuilder, catalogue: Catalogue, batch: BatchValues): Encoder;
}
