import type { Output } from "./output.ts";
import type { Ranked } from "./recommendations.ts";
import type { RunIds } from "./run_folder.ts";
import { type Cell, type Columns, type Entry, writeTable } from "./table.ts";

/** A list of items of something that is named, with the log's ids and titles. */
export interface NamedList extends Entry {
  readonly text: string;
}

/** The list of items that somebody or something, a `kind`, has. */
export function listOf(
  kind: string,
  name: string,
  items: readonly Ranked[],
  { items: names, titles }: RunIds,
): NamedList {
  const found = items.map(({ item, score }) => ({ item: names[item]!, score, title: titles?.[item] ?? null }));
  return {
    record: {
      [kind]: name,
      items: found.map(({ item, score, title }) => ({ item, score, ...title !== null && { title } })),
    },
    rows: found.map(({ item, score, title }, at): Cell[] => [name, at + 1, item, score, ...titles ? [title] : []]),
    text: [
      `${kind} ${name}`,
      ...found.map(({ item, score, title }, at) =>
        `${String(at + 1).padStart(4)}. ${item}  ${score.toFixed(4)}${title ? `  ${title}` : ""}`
      ),
    ].join("\n"),
  };
}

/** Prints lists as they come, or writes them to a file, where `kind` names the column of whose they are and `of` that of what is in them. */
export async function giveOut(
  lists: AsyncIterable<NamedList>,
  { kind, of = "item" }: { readonly kind: string; readonly of?: string },
  out: string | null,
  { titles }: RunIds,
  output: Output,
): Promise<void> {
  if (out === null) {
    for await (const { record, text } of lists) output.result(record, text);
    return;
  }
  const columns: Columns = {
    ...{ [kind]: "text", rank: "whole", [of]: "text", score: "real" },
    ...titles && { title: "text" },
  };
  let done = 0;
  const counted = async function* () {
    for await (const list of lists) {
      output.progress(`${kind} ${++done}`);
      yield list;
    }
  };
  const rows = await writeTable(out, columns, counted());
  output.say(`${rows} rows of ${done} ${kind}s are in ${out}`);
}
