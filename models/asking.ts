import type { Catalogue } from "../datasets/catalogue.ts";
import { capsOf, fitting, lastOf, lengthsOf, packed } from "../datasets/histories.ts";
import type { GraphBuilder } from "../graphs/builder.ts";
import type { Backbone, BatchValues } from "./backbone.ts";
import { historyFeeds, historyInputs } from "./history_inputs.ts";

/** How a graph that does not train asks after users: by their ids, or by what they have met. */
export interface Asking {
  /** Declares the inputs. */
  declare(graph: GraphBuilder): BatchValues;
  /** What the inputs are fed for given users, in as many runs as it takes. */
  pieces(users: Int32Array): Iterable<Piece>;
}

/** A run for some of the users: `count` of them from `from` on, in the first rows of what it gives. */
export interface Piece {
  readonly from: number;
  readonly count: number;
  readonly feeds: Readonly<Record<string, Int32Array>>;
  /** Rows of users who have met nothing: their representations mean nothing. */
  readonly unknown: readonly number[];
}

/** How a backbone is asked after up to `rows` users at a time. */
export function asking({ history }: Pick<Backbone, "history">, catalogue: Catalogue, rows: number): Asking {
  if (!history) return byIds(rows);
  const sequences = catalogue.sequences(), caps = capsOf(lengthsOf(sequences, history.length), rows), { length } = caps;
  return {
    declare: (graph) => ({
      rows,
      users: graph.input("users", "int32", [rows]),
      history: historyInputs(graph, caps, rows),
    }),
    *pieces(users) {
      const spans = lastOf(sequences, users, length), lengthOf = (at: number) => spans[at]!.end - spans[at]!.start;
      for (let from = 0; from < users.length;) {
        const count = fitting(users.length, from, lengthOf, caps, rows, "last"), held = spans.slice(from, from + count);
        yield {
          from,
          count,
          feeds: {
            users: filled(users.subarray(from, from + count), rows),
            ...historyFeeds(packed(sequences.items, held, caps, rows, "last")),
          },
          unknown: held.flatMap(({ start, end }, row) => start === end ? [row] : []),
        };
        from += count;
      }
    },
  };
}

const byIds = (rows: number): Asking => ({
  declare: (graph) => ({ rows, users: graph.input("users", "int32", [rows]) }),
  *pieces(users) {
    for (let from = 0; from < users.length; from += rows) {
      const some = users.subarray(from, from + rows);
      yield { from, count: some.length, feeds: { users: filled(some, rows) }, unknown: [] };
    }
  },
});

/** `ids` filled up with the first. */
const filled = (ids: Int32Array, length: number): Int32Array =>
  Int32Array.from({ length }, (_, at) => ids[at] ?? ids[0] ?? 0);
