/** What the page asks of the thread that trains. */
export type Asked =
  | { readonly kind: "train"; readonly sampler: string; readonly epochs: number; readonly log?: DroppedLog }
  | { readonly kind: "recommend"; readonly user: number };

/** A file of interactions, in any format that is text. */
export interface DroppedLog {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** What that thread tells the page. */
export type Told =
  | {
    readonly kind: "data";
    readonly name: string;
    readonly users: readonly string[];
    readonly items: number;
    readonly interactions: number;
    /** Which provider runs, and why. */
    readonly runs: string;
  }
  | { readonly kind: "epoch"; readonly epoch: number; readonly loss: number; readonly ndcg: number }
  | { readonly kind: "done" }
  | { readonly kind: "list"; readonly items: readonly { readonly item: string; readonly score: number }[] }
  | { readonly kind: "failed"; readonly why: string };
