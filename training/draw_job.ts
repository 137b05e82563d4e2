import type { Met } from "../datasets/negatives.ts";

/** What a thread that draws ahead is told: once what users have met, then which candidates to draw for whom. */
export type DrawJob =
  & {
    /** Set in the memory that says which job was done last. */
    readonly number: number;
  }
  & ({
    readonly kind: "open";
    readonly met: Met;
    /** Whether the candidates of a row differ. */
    readonly distinct: boolean;
    readonly seed: number;
    /** Of the random stream. */
    readonly name: string;
    /** Shared: the number of the last job that was done, [1]. */
    readonly done: Int32Array;
  } | {
    readonly kind: "draw";
    readonly epoch: number;
    /** Position of row 0 in the epoch's order. */
    readonly first: number;
    /** Ids for each user. */
    readonly count: number;
    readonly users: Int32Array; // [R], shared
    readonly ids: Int32Array; // [R, count], shared, to be filled
  });
