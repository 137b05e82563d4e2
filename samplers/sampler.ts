import type { Batch } from "../datasets/batching.ts";
import type { Catalogue } from "../datasets/catalogue.ts";
import type { SeenItems } from "../datasets/negatives.ts";
import type { GraphBuilder, Value } from "../graphs/builder.ts";
import type { Rng } from "../random/rng.ts";

/** What `select` returns. Only `items` is required. */
export interface Negatives {
  /** A leading 1 is one pool shared by every row. */
  readonly items: Value; // [R|1, N, L, D]
  /** Absent where the negatives were synthesised. */
  readonly ids?: Value; // [R|1, N]
  /** 1 keeps, 0 drops. */
  readonly mask?: Value; // [R, N]
  /** Multiplies each negative's term in the loss. */
  readonly weight?: Value; // [R|1, N]
  /** Log probability of each negative under the proposal. */
  readonly logQ?: Value; // [R|1, N]
  /** Log probability of the row's positive under the proposal. */
  readonly positiveLogQ?: Value; // [R, 1]
  /** A scalar the sampler adds to the loss; `stopGradient` says whose it is. */
  readonly auxiliary?: Value; // []
  /** Tensors brought back after the step and handed to `observe`. */
  readonly report?: Readonly<Record<string, Value>>;
}

/** The training step under construction, as a sampler sees it. */
export interface Step {
  readonly graph: GraphBuilder;
  readonly rows: number;
  readonly catalogue: Catalogue;
  readonly query: Value; // [R, L, D]
  readonly positive: Value; // [R, 1, L, D]
  readonly positiveIds: Value; // [R, 1] int32
  readonly userIds: Value; // [R] int32
  /** The epoch's number, from 0. */
  readonly epoch: Value; // [] float32
  /** Representations of ids. */
  items(ids: Value): Value; // [..] -> [.., L, D]
  /** Scores of representations for each row. */
  score(items: Value): Value; // [R|1, N, L, D] -> [R, N]
}

/** The host's side of a step. */
export interface Draw {
  readonly catalogue: Catalogue;
  readonly seen: SeenItems;
  /** The sampler's own stream. Seek it to (epoch, batch.first + row), so that draws depend on nothing drawn before. */
  readonly rng: Rng;
  readonly epoch: number;
}

/** Ids by name, each row-major [R, columns]. */
export type Ids<K extends string = string> = Readonly<Record<K, Int32Array>>;

/** A negative-sampling policy. It never learns which backbone or loss it serves. */
export interface Sampler<K extends string = string> {
  /** Id arrays that `propose` feeds each step: name to columns per row. */
  readonly proposes: Readonly<Record<K, number>>;
  /** Host half: candidate ids. */
  propose(batch: Batch, draw: Draw): Ids<K> | Promise<Ids<K>>;
  /** Graph half: negatives out of them. */
  select(step: Step, proposed: Readonly<Record<K, Value>>): Negatives;
  /** After each step: what `select` reported. */
  observe?(report: Readonly<Record<string, Int32Array | Float32Array>>, batch: Batch): void;
  /** Between epochs. */
  endEpoch?(draw: Draw): Promise<void>;
  /** What a checkpoint must keep. */
  readonly state?: Readonly<Record<string, Int32Array | Float32Array>>;
}
