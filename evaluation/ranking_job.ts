import type { Catalogue } from "../datasets/catalogue.ts";
import type { Interactions } from "../datasets/interactions.ts";
import type { ProductShape } from "../runtime/product_kernel.ts";
import type { RankingOptions } from "./full_ranking.ts";
import type { Found } from "./judge.ts";
import type { Blocks } from "./scorer.ts";

/** What a worker that ranks is told, in this order: once what is measured, at each evaluation the model, then users. */
export type RankingJob =
  | {
    readonly kind: "open";
    readonly seen: Omit<Catalogue, "metadata" | "sequences">;
    readonly held: Interactions;
    readonly options: RankingOptions;
    readonly blocks: Blocks;
  }
  | { readonly kind: "model"; readonly model: ScoringModel }
  | { readonly kind: "rank"; readonly users: Int32Array; readonly query: Float32Array };

/** How a backbone scores, as it stands: by inner products or a graph, and its items, represented in blocks. */
export interface ScoringModel {
  readonly by: ProductShape | ScoringGraph;
  /** Each block as `by` takes it: `packed` for products. */
  readonly items: readonly Float32Array[];
}
/** An ONNX file of `query` and `items` to `scores`. */
export interface ScoringGraph {
  readonly bytes: Uint8Array;
  readonly shapes: { readonly query: readonly number[]; readonly items: readonly number[] };
}

/** What a worker answers each job: what it found, if it was to rank, or why it failed. */
export interface RankingAnswer {
  readonly found?: Found;
  readonly error?: string;
  /** Whether what failed is a number out of its range, such as a score that is NaN. */
  readonly outOfRange?: boolean;
}
