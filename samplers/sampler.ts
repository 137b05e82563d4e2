import type { Batch, EpochRows } from "../datasets/batching.ts";
import type { Catalogue } from "../datasets/catalogue.ts";
import type { SeenItems } from "../datasets/negatives.ts";
import type { GraphBuilder, Value } from "../graphs/builder.ts";
import type { DType, Shape, TensorData } from "../graphs/tensor.ts";
import type { Rng } from "../random/rng.ts";

/** Negatives that were drawn or made. Only `items` is required. */
export interface Negatives {
  /** A leading 1 is one pool shared by every row. */
  readonly items: Value; // [R|1, N, L, D], L and D as the positive's
  /** Absent where the negatives were synthesised. As many as `items`. */
  readonly ids?: Value; // [R|1, N] int32
  /** The items that synthesised negatives were made of, for diagnostics; -1 is none. */
  readonly sources?: Value; // [R|1, n] int32
  /** 1 keeps, 0 drops. */
  readonly mask?: Value; // [R, N]
  /** Multiplies each negative's term in the loss. */
  readonly weight?: Value; // [R|1, N|1]
  /** Log probability of each negative under the proposal; one column where those of a row have the same. */
  readonly logQ?: Value; // [R|1, N|1]
  /** Log probability of the row's positive under the proposal. */
  readonly positiveLogQ?: Value; // [R, 1]
  /** Multiplies a row's whole term in the loss. */
  readonly positiveWeight?: Value; // [R, 1]
  /** A scalar the sampler adds to the loss; `stopGradient` says whose it is. */
  readonly auxiliary?: Value; // []
  /** Scalars worth watching; an epoch's report has their means over its steps. */
  readonly measures?: Readonly<Record<string, Value>>;
  /**
   * Tensors brought back after the step and handed to `observe`. A step's own outputs have the names `loss`, `auxiliary`,
   * `measures/..` and `negatives/..`, which these may not.
   */
  readonly report?: Readonly<Record<string, Value>>;
}

/** A loss of the policy's own, in place of the recipe's: over all the data, or over other pairs. */
export interface Objective {
  readonly objective: Value; // []
  /** Items that weight decay applies to, beside the row's query and positive. */
  readonly decayed?: readonly Value[]; // [R, N, L, D] each
  /** The same over a side task of the backbone's, in place of the recipe's loss there. */
  ofTask?(task: TaskStep): Value; // []
  /** What it ranks lower, for diagnostics, where it draws any. */
  readonly negatives?: Pick<Negatives, "items" | "ids" | "mask">;
  /** Tensors brought back after the step and handed to `observe`. */
  readonly report?: Readonly<Record<string, Value>>;
}

/** Rows of a side task in a step, pairs drawn evenly from all that it has. */
export interface TaskStep
  extends Pick<Step, "graph" | "query" | "positive" | "positiveIds" | "userIds" | "rowMask" | "dot" | "items"> {
  /** All of its pairs. */
  readonly met: Pick<Catalogue, "users" | "items" | "offsets" | "positives" | "popularity">;
}

/** The training step under construction, as a sampler sees it. */
export interface Step {
  readonly graph: GraphBuilder;
  readonly rows: number;
  readonly catalogue: Catalogue;
  readonly query: Value; // [R, L, D]
  /** What each row's user is in every domain, where the backbone knows several. */
  readonly shared?: Value; // [R, L, D]
  readonly positive: Value; // [R, 1, L, D]
  readonly positiveIds: Value; // [R, 1] int32
  readonly userIds: Value; // [R] int32
  /** 1 where a row holds an interaction, 0 where it pads the batch. Absent where every row does. */
  readonly rowMask?: Value; // [R, 1]
  /** The epoch's number, from 0. */
  readonly epoch: Value; // [] float32
  /** Representations of ids. */
  items(ids: Value): Value; // [..] -> [.., L, D]
  /** One vector of a representation, which tells who is like whom: layers as ranking takes them, biases left out. */
  point(x: Value): Value; // [.., L, D] -> [.., 1, D']
  /** Scores of representations for each row; for another query of the same shape where one is given. */
  score(items: Value, query?: Value): Value; // [R|1, N, L, D] -> [R, N]
  /** Whether `score` is the inner product of layer means. */
  readonly dot?: true;
  /** The recipe's loss on other scores, for a policy with an objective of its own; of those that `mask` [R, N] keeps. */
  loss(positive: Value, negative: Value, mask?: Value): Value; // [R, 1], [R, N] -> []
}

/** The model as it stands, on the host. */
export interface Probe {
  /** Scores of `candidates`, row-major [n, m], for `users` [n]: [n, m]. */
  score(users: Int32Array, candidates: Int32Array): Promise<Float32Array>;
  /** Representations of users. */
  queries(users: Int32Array): Promise<Vectors>;
  /** Representations of items. */
  items(ids: Int32Array): Promise<Vectors>;
  /** One vector of each item, or user: layers as ranking takes them, biases left out. */
  points(ids: Int32Array, of?: "items" | "users"): Promise<Vectors>;
  /** For each of some vectors, row-major [n, width], the `count` others of the largest cosine, nearest first. */
  nearest(vectors: Float32Array, width: number, count: number): Promise<Neighbours>;
  /** The `count` of the smallest cosine, farthest first. */
  farthest(vectors: Float32Array, width: number, count: number): Promise<Neighbours>;
}
/** Positions among the vectors that were given, and cosines: row-major [n, count]. */
export interface Neighbours {
  readonly ids: Int32Array;
  readonly cosines: Float32Array;
}
/** Representations, row-major [n, layers, width]. */
export interface Vectors {
  readonly layers: number;
  readonly width: number;
  readonly data: Float32Array;
}

/** The host's side of a step. */
export interface Draw {
  readonly catalogue: Catalogue;
  readonly seen: SeenItems;
  /** The sampler's own; `streams.ts` finds streams in it, so that draws depend on nothing drawn before. */
  readonly rng: Rng;
  readonly epoch: number;
  readonly probe: Probe;
  /** Where a thread draws uniform candidates ahead. */
  readonly ahead?: DrawnAhead;
}

/** Uniform candidates that were drawn while the step before ran. */
export interface DrawnAhead {
  /** `count` for each row of a batch, row-major, as the caller would draw them; none where they were not drawn ahead. */
  take(batch: Batch, epoch: number, count: number): Int32Array | undefined;
}

/** A tensor that `propose` feeds each step. */
export interface Feed {
  readonly dtype: DType;
  /** Of as many as the batch has rows it is each row's own: what pads a batch is then fed what its first row is. */
  readonly shape: Shape;
  /** Whether it is no row's own, though its first axis may be as long. */
  readonly shared?: true;
}
/** Tensors by name, row-major. */
export type Proposed<K extends string = string> = Readonly<Record<K, TensorData>>;

/** A negative sampler at work in one run. It never learns which backbone or loss it serves. */
export interface Sampler<K extends string = string> {
  /** What `propose` feeds each step, by name; a number stands for ids [R, number]. */
  readonly proposes: Readonly<Record<K, number | Feed>>;
  /** Host half: candidate ids, and what else the choice takes. */
  propose(batch: Batch, draw: Draw): Proposed<K> | Promise<Proposed<K>>;
  /** Graph half: negatives out of them. Variables it declares lie in the scope `sampler/`. */
  select(step: Step, proposed: Readonly<Record<K, Value>>): Negatives | Objective;
  /** After each step: what `select` reported, of which batch, and what was proposed for it. */
  observe?(
    report: Readonly<Record<string, Int32Array | Float32Array>>,
    batch: Batch,
    proposed: Proposed<K>,
  ): void | Promise<void>;
  /** Before each epoch's first step. It draws from `otherStream`s (`streams.ts`). */
  beginEpoch?(draw: Draw): void | Promise<void>;
  /**
   * What a checkpoint must keep: arrays that `observe` and `beginEpoch` change in place. One that is put in the place of
   * another is not seen; what a checkpoint has of another length is refused.
   */
  readonly state?: Readonly<Record<string, Int32Array | Float32Array>>;
  /** Takes back what `state` was, where its sizes are not known from the start. Without it `state` is filled in place. */
  restore?(state: Readonly<Record<string, Int32Array | Float32Array>>): void;
  /** Learning rate of the sampler's own variables, under Adam. Without it they move as the model's do. */
  readonly learningRate?: number;
}

/** What a policy knows of the run it is to serve. */
export interface Setting {
  readonly catalogue: Catalogue;
  readonly seen: SeenItems;
  /** Rows of a batch, R. */
  readonly rows: number;
  /** How many epochs the run has at most, T. */
  readonly epochs: number;
  /** What the rows of an epoch are. Default: each interaction once. */
  readonly visit?: EpochRows;
}

/**
 * A negative-sampling policy with its options chosen: opens a sampler for a run.
 *
 * @throws TypeError where the data lack what the policy needs, naming it.
 */
export type Policy<K extends string = string> = (setting: Setting) => Sampler<K>;
