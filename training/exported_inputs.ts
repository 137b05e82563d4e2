import type { Catalogue } from "../datasets/catalogue.ts";
import { lengthsOf } from "../datasets/histories.ts";
import type { GraphBuilder, Value } from "../graphs/builder.ts";
import { add, max, min, mul, sub } from "../graphs/ops/arithmetic.ts";
import { cast, greaterOrEqual, less, where } from "../graphs/ops/compare.ts";
import { gather } from "../graphs/ops/index.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { reshape, unsqueeze } from "../graphs/ops/shape.ts";
import type { Backbone, BatchValues } from "../models/backbone.ts";

/** What an exported recommender is asked with. */
export interface ExportedInputs {
  readonly batch: BatchValues;
  /** Ids of what those who ask have met, and past them the number of items: [N, S]. Absent where nobody has met anything. */
  readonly seen?: Value;
  /** Axes that the file leaves open. */
  readonly symbolic: Readonly<Record<string, readonly string[]>>;
  readonly description: string;
}

/** The inputs that a backbone's file has: users, or a history. */
export const exportedInputs = (graph: GraphBuilder, { history }: Backbone, catalogue: Catalogue): ExportedInputs =>
  history ? byHistory(graph, catalogue, servedLength(history, catalogue)) : byUser(graph, catalogue);

/** How many items an exported file reads of a history: no more than any history had that it was trained on. */
export const servedLength = ({ length }: NonNullable<Backbone["history"]>, catalogue: Catalogue): number =>
  lengthsOf(catalogue.sequences(), length).reduce((most, each) => Math.max(most, each), 1);

/** Each user's train items are read from one flat list, as many as the longest has. */
function byUser(graph: GraphBuilder, { items, offsets, positives }: Catalogue): ExportedInputs {
  const given = graph.input("users", "int64", [1]); // left open in the file
  const users = where(less(given, 0), offsets.length - 1, given); // a negative one would count from the end: nobody's id
  const counts = offsets.slice(1).map((end, user) => end - offsets[user]!);
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  const seen = () => {
    const rank = graph.constant(Int32Array.from({ length: most }, (_, at) => at), [1, most]);
    const start = unsqueeze(gather(graph.constant(offsets.slice(0, -1)), users), 1); // [N, 1]
    const count = unsqueeze(gather(graph.constant(counts), users), 1); // [N, 1]
    const at = min(add(start, rank), positives.length - 1); // [N, S]
    return where(less(rank, count), gather(graph.constant(positives), at), items);
  };
  return {
    batch: { rows: 1, users },
    ...most > 0 && { seen: seen() },
    symbolic: { users: ["users"], items: ["users"], scores: ["users"] },
    description: "user ids to the items they have not met, best first; ids are dense, from 0, see ids.json",
  };
}

/** One history at a time, oldest item first; -1 past its end. What is known of it is all it holds. */
function byHistory(graph: GraphBuilder, { items }: Catalogue, length: number): ExportedInputs {
  const history = graph.input("history", "int64", [1, length]),
    ids = cast(history, "int32"),
    there = greaterOrEqual(ids, 0);
  const times = Int32Array.from({ length }, (_, time) => time), token = graph.constant(times);
  const last = max(sub(sum(where(there, graph.constant(Int32Array.of(1)), 0), [1]), 1), 0); // [1]
  return {
    batch: {
      rows: 1,
      users: graph.input("users", "int32", [1]), // a file is asked with a history alone: it may not be read
      history: {
        items: reshape(max(ids, 0), [length]),
        ages: max(sub(last, token), 0),
        cells: graph.constant(times, [1, length]),
        places: token,
        asked: last,
      },
    },
    seen: where(there, ids, mul(graph.constant(Int32Array.of(items)), 1)),
    symbolic: {},
    description:
      "what somebody has met, oldest first, -1 past its end, to other items, best first; ids are dense, from 0, see ids.json",
  };
}
