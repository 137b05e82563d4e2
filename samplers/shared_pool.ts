import type { Catalogue } from "../datasets/catalogue.ts";
import { cast } from "../graphs/ops/compare.ts";
import { gather } from "../graphs/ops/index.ts";
import type { Rng } from "../random/rng.ts";
import { keptColumns } from "./kept_columns.ts";
import type { Policy } from "./sampler.ts";
import { batchStream } from "./streams.ts";

/** A law over the items that is the same for everyone. */
export interface GlobalLaw {
  draw(rng: Rng): number;
  /** log q(i) of each item. */
  readonly logQ: Float32Array; // [I]
}

/**
 * One pool of `negatives` items for all rows of a batch, drawn from a law that knows no user: scores are then one
 * matrix product (Jean, Cho, Memisevic & Bengio, ACL 2015). A row's mask drops what its user has met.
 */
export const sharedPool =
  (negatives: number, lawOf: (catalogue: Catalogue) => GlobalLaw): Policy<"ids" | "kept"> =>
  ({ catalogue, seen, rows }) => {
    const { items: count } = catalogue, law = lawOf(catalogue), maskOf = keptColumns(count);
    return {
      proposes: {
        ids: { dtype: "int32", shape: [1, negatives] },
        kept: { dtype: "bool", shape: [rows, negatives] },
      },
      propose(batch, draw) {
        const stream = batchStream(draw, batch),
          ids = Int32Array.from({ length: negatives }, () => law.draw(stream));
        return { ids, kept: maskOf(ids, rows, (row) => seen.of(batch.users[row]!)) };
      },
      select: ({ graph, items }, { ids, kept }) => ({
        ids,
        items: items(ids),
        mask: cast(kept, "float32"),
        logQ: gather(graph.constant(law.logQ), ids), // [1, N]
      }),
    };
  };
