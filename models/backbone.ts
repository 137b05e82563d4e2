import type { GraphBuilder, Value } from "../graphs/builder.ts";
import type { Catalogue } from "../datasets/catalogue.ts";
import type { HistoryWants } from "../datasets/history_batches.ts";
import type { Metadata, Relation } from "../datasets/metadata.ts";

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
   * What of representations `score` is the inner product of, where it is one but not of layer means; see `innerOf`.
   */
  inner?(x: Value): Value; // [.., L, D] -> [.., 1, D']
  /** Whether the last coordinate of every query is 1: that of an item is a bias. */
  readonly biased?: true;
  /**
   * Representations as short as scoring needs them, where layers are kept apart: of the same score. Whoever keeps
   * representations to score them often keeps these.
   */
  pool?(x: Value): Value; // [.., L, D] -> [.., 1, D]
  /** The part of `query` that weight decay applies to, where that is not its first layer. */
  readonly decayed?: Value; // [R, D]
  /** What the coordinates of a representation are, where not all of them are trained. */
  readonly coordinates?: Coordinates;
  /** What each row's user is in every domain, where the model has a vector of that: another query. */
  readonly shared?: Value; // [R, L, D]
  /** What a step trains on beside its rows: other behaviours, another domain. */
  readonly tasks?: readonly SideTask[];
  /** What makes the query out of noise: a loss of diffusion trains it, and no other loss can. */
  readonly denoiser?: Denoiser;
}

/**
 * What a coordinate of a representation is: "fixed" is one that no trained variable reaches, which does not decay; "exact"
 * one, too, that is no number to calculate with, an id or a truth: methods that mix or compare vectors are refused.
 */
export type Coordinate = "trained" | "fixed" | "exact";

/** Of a query's last axis, and of an item's. */
export interface Coordinates {
  readonly query: readonly Coordinate[]; // [D]
  readonly items: readonly Coordinate[]; // [D]
}

/** f of diffusion models, and the noise that it is to take out: x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) eps. */
export interface Denoiser {
  /** abar_t, the part of x_0 that is left at each level of noise t. */
  readonly left: Float32Array; // [T]
  /** f(x_t, h, t): each row's guess of x_0, h being what it asks with. */
  guess(x: Value, levels: Value): Value; // [R, D], [R, 1] int32 -> [R, D]
}

/**
 * Pairs of another kind that each step trains on, too, under the recipe's own loss: as many as it has rows, drawn evenly
 * from all, each with uniform negatives that its user has not met among these; or under the sampler's objective, where that
 * is over all pairs. The loss becomes L + sum_b lambda_b L_b.
 */
export interface SideTask {
  /** As the data call it: its loss is reported under this name. */
  readonly name: string;
  /** lambda_b, above 0. */
  readonly weight: number;
  /** Negatives for each positive; 0 where the objective takes none. */
  readonly negatives: number;
  /** Who met what. */
  readonly pairs: Relation;
  /** Targets of the relation are below this. */
  readonly items: number;
  /** The model's functions for these users [R], rows of the relation; `items` are its targets. */
  encode(users: Value): Encoder;
}

/** One batch in a graph. */
export interface BatchValues {
  /**
   * R; 1 in an exported file, which leaves it open, so that what has `rows` in its shape would fix it there. Ones for each
   * row come from what each row has, as `add(mul(slice(x, 1, 0, 1), 0), 1)` of x [R, D], and axes come and go by `squeeze`
   * and `unsqueeze`, not by `reshape`.
   */
  readonly rows: number;
  /** int32; int64 in an exported file, and of a backbone that reads histories not there to be read. */
  readonly users: Value; // [R]
  /** Whether the graph trains: dropout is for training only. */
  readonly training?: boolean;
  /** What each row has met before: there for backbones that read it. */
  readonly history?: HistoryValues;
}

/**
 * A `HistoryBatch` in a graph: K tokens of S histories of up to T items. With v [K, D] of the tokens, `gather(v, cells)` has
 * them by history and time, [S, T, D]; of what becomes of these, as [S T, D], `gather(.., places)` is back by token, and
 * `gather(.., asked)` of that is what each row asks with, [R, D]. Past a history's end a cell is token 0: what time t
 * reads of its history is times 0 to t.
 */
export interface HistoryValues {
  /** The item of each token; those of a history follow each other, oldest first. */
  readonly items: Value; // [K]
  /** How many tokens of its history are newer than each. */
  readonly ages: Value; // [K]
  /** The token at each time of each history. */
  readonly cells: Value; // [S, T]
  /** The cell of each token, s T + t. */
  readonly places: Value; // [K]
  /** The token after which each row asks. */
  readonly asked: Value; // [R]
}

/** A scoring model: declares its variables and hands over its three functions. It is built into every graph that needs it. */
export interface Backbone {
  /** What was guessed about it, in lines for a person to check. */
  readonly notes?: readonly string[];
  /** A trained model as a file of its own, where the backbone came as one. */
  written?(weights: ReadonlyMap<string, { readonly data: Float32Array }>): Uint8Array;
  /** How it reads what has been met before, where it asks with that in place of a user's id. */
  readonly history?: HistoryWants;
  /** The metadata that `build` reads: a saved model is kept with them. */
  readonly reads?: readonly (keyof Metadata)[];
  /** @throws TypeError where the data lack what it needs, naming it. */
  build(graph: GraphBuilder, catalogue: Catalogue, batch: BatchValues): Encoder;
}
