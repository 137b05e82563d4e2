import type { HistoryBatch, HistoryCaps } from "../datasets/histories.ts";
import type { GraphBuilder } from "../graphs/builder.ts";
import type { HistoryValues } from "./backbone.ts";

const nameOf = (part: keyof HistoryBatch) => `history/${part}`;

/** Declares the inputs of histories that `rows` rows ask after. */
export function historyInputs(
  graph: GraphBuilder,
  { histories, tokens, length }: HistoryCaps,
  rows: number,
): HistoryValues {
  const input = (part: keyof HistoryBatch, shape: readonly number[]) => graph.input(nameOf(part), "int32", shape);
  return {
    items: input("items", [tokens]),
    ages: input("ages", [tokens]),
    cells: input("cells", [histories, length]),
    places: input("places", [tokens]),
    asked: input("asked", [rows]),
  };
}

/** What those inputs are fed. */
export const historyFeeds = (batch: HistoryBatch): Readonly<Record<string, Int32Array>> => ({
  [nameOf("items")]: batch.items,
  [nameOf("ages")]: batch.ages,
  [nameOf("cells")]: batch.cells,
  [nameOf("places")]: batch.places,
  [nameOf("asked")]: batch.asked,
});
