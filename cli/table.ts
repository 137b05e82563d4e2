import { csvCell } from "./csv_cell.ts";
import { writePieces } from "./files.ts";
import { parquetRows } from "./parquet_rows.ts";

/** What a column holds; `title` may be missing in a row. */
export type ColumnType = "text" | "whole" | "real";
/** A table's columns, in order. */
export type Columns = Readonly<Record<string, ColumnType>>;
export type Cell = string | number | null;

/** Records one after the other, each of which has rows of one table. */
export interface Entry {
  /** As a line of JSON. */
  readonly record: Readonly<Record<string, unknown>>;
  /** As rows, in the order of the columns. */
  readonly rows: readonly (readonly Cell[])[];
}

/** Turns entries into bytes as they come, holding a bounded number of them. */
export interface Encoder {
  add(entry: Entry): Uint8Array | null;
  end(): Uint8Array | null;
}

/** How a file is written, by the end of its name. */
const formats: Readonly<Record<string, (columns: Columns) => Encoder | Promise<Encoder>>> = {
  csv: (columns) => inPieces(csvRow(Object.keys(columns)), ({ rows }) => rows.map(csvRow).join("")),
  jsonl: () => inPieces("", ({ record }) => `${JSON.stringify(record)}\n`),
  parquet: parquetRows,
};

/**
 * Writes entries as they come to a file of the format that its name ends with, under a temporary name until all are there.
 *
 * @returns how many rows were written.
 * @throws TypeError where the name ends with none that is known, Error where it cannot be written; no file is left then.
 */
export async function writeTable(path: string, columns: Columns, entries: AsyncIterable<Entry>): Promise<number> {
  const encoder = await formatOf(path)(columns);
  return await writePieces(path, async (write) => {
    let rows = 0;
    for await (const entry of entries) {
      rows += entry.rows.length;
      const bytes = encoder.add(entry);
      if (bytes) await write(bytes);
    }
    const rest = encoder.end();
    if (rest) await write(rest);
    return rows;
  });
}

/** @throws TypeError where no format is known for such a name. */
export function formatOf(path: string): (columns: Columns) => Encoder | Promise<Encoder> {
  const ending = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? "", found = formats[ending];
  if (found) return found;
  const known = Object.keys(formats).map((each) => `.${each}`).join(", ");
  throw new TypeError(`Cannot write "${path}": its name says the format and must end with one of ${known}`);
}

/** Text is written when there is this much of it. */
const PIECE = 2 ** 16;
function inPieces(head: string, line: (entry: Entry) => string): Encoder {
  let text = head;
  const take = () => {
    const bytes = new TextEncoder().encode(text);
    text = "";
    return bytes;
  };
  return {
    add(entry) {
      text += line(entry);
      return text.length < PIECE ? null : take();
    },
    end: take,
  };
}

/** Lines end with line feeds. */
const csvRow = (cells: readonly Cell[]): string => `${cells.map(csvCell).join(",")}\n`;
