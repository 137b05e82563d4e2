import { type Dialect, eachRow, fieldText, type Piece, type Position } from "./fields.ts";
import { growing } from "./growing.ts";
import type { IdTable } from "./id_table.ts";
import { InputError } from "./input_error.ts";
import type { Source } from "./source.ts";

/** What is read of a delimited file. Fields count from 0. */
export interface TableLayout<N extends string = never> extends Dialect {
  /** Rows to leave out at the top: 1 where the first is a header. */
  readonly skip: number;
  /** Fields that a row has at most, but for an empty one at the end; without it, more are left out. */
  readonly width?: number;
  /** How a row is written, where no header says it: for messages. */
  readonly row?: string;
  /** What a row is, in the plural, for messages. */
  readonly holds: string;
  readonly ids: readonly { readonly field: number; readonly what: string; readonly table: IdTable }[];
  /** Columns of numbers; one without a field is not there. */
  readonly numbers: Readonly<Record<N, NumberColumn>>;
}

export interface NumberColumn {
  readonly field: number | undefined;
  /** What it takes, for messages: a number unless said. */
  readonly takes?: string;
  /** NaN where it is no number. */
  readonly parse: (bytes: Uint8Array, start: number, stop: number) => number;
  /** Whether float32 is enough, at half the memory. */
  readonly single?: boolean;
}

/** A table that is read piece by piece. */
export interface TableScan<N extends string> {
  /** Reads the rows of a piece; returns where the first begins that was left for the next. */
  take(piece: Piece): Position;
  /** The columns. Throws InputError where there were no rows. */
  end(): Columns<N>;
}

/** The columns of a file, row by row. */
export interface Columns<N extends string> {
  readonly ids: readonly Int32Array[];
  readonly numbers: Readonly<Partial<Record<N, Float64Array | Float32Array>>>;
}

/**
 * Reads columns of ids and of numbers.
 *
 * @throws InputError naming file and line where a row is short or too long, an id is empty, or a number is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { idTable } from "./id_table.ts";
 * import { scanTable } from "./scan_table.ts";
 *
 * const source = { file: "trust.txt", bytes: new TextEncoder().encode("1\t258\n258\t1\n") }, table = idTable();
 * const { ids: [from, to] } = scanTable(source, {
 *   ...{ delimiter: "\t", quotes: false, skip: 0, holds: "pairs", numbers: {} },
 *   ids: [{ field: 0, what: "user", table }, { field: 1, what: "friend", table }],
 * });
 * assert.deepEqual([from, to], [Int32Array.of(0, 1), Int32Array.of(1, 0)]);
 * ```
 */
export function scanTable<N extends string = never>(source: Source, layout: TableLayout<N>): Columns<N> {
  const scan = tableScan(source.file, layout);
  scan.take(source);
  return scan.end();
}

/** As {@link scanTable}, of a file that comes in pieces. */
export function tableScan<N extends string = never>(file: string, layout: TableLayout<N>): TableScan<N> {
  const ids = layout.ids.map((column) => ({ ...column, values: growing((buffer) => new Int32Array(buffer)) }));
  const numbers = Object.entries<NumberColumn>(layout.numbers).flatMap(
    ([what, { field, parse, single, takes = "a number" }]) => {
      const values = growing((buffer) => single ? new Float32Array(buffer) : new Float64Array(buffer));
      return field === undefined ? [] : [{ what, field, parse, takes, values, stored: single ? Math.fround : Number }];
    },
  );
  const needed = Math.max(...ids.map(({ field }) => field), ...numbers.map(({ field }) => field)) + 1;
  const { width: most = Infinity } = layout;
  let { skip } = layout;
  return {
    take: (piece) =>
      eachRow(piece, layout, (row) => {
        if (skip > 0) {
          skip--;
          return;
        }
        if (row.count < needed) {
          throw new InputError(`it has ${row.count} columns where ${needed} are read`, file, row.line);
        }
        if (row.count > most && fieldText(row, row.count - 1) !== "" || row.count > most + 1) {
          const quote = layout.quotes
            ? `; a field with ${JSON.stringify(layout.delimiter)} in it stands in quotes`
            : "";
          throw new InputError(
            `it has ${row.count} columns, ${
              layout.row ? `and a row is \`${layout.row}\`` : `the first row has ${most}`
            }${quote}`,
            file,
            row.line,
          );
        }
        for (const { field, what, table, values } of ids) {
          const start = row.starts[field]!, stop = row.stops[field]!;
          if (start === stop) throw new InputError(`its ${what} (column ${field + 1}) is empty`, file, row.line);
          values.push(table.add(row.buffers[field]!, start, stop));
        }
        for (const { field, what, parse, takes, values, stored } of numbers) {
          const value = stored(parse(row.buffers[field]!, row.starts[field]!, row.stops[field]!));
          if (!Number.isFinite(value)) {
            const found = `its ${what} (column ${field + 1}) is "${fieldText(row, field)}"`;
            throw new InputError(`${found}: a ${what} is ${takes}`, file, row.line);
          }
          values.push(value);
        }
      }),
    end() {
      if (ids.every(({ values }) => values.length === 0)) throw new InputError(`it has no ${layout.holds}`, file);
      const found = Object.fromEntries(numbers.map(({ what, values }) => [what, values.whole()]));
      return { ids: ids.map(({ values }) => values.whole()), numbers: found as Columns<N>["numbers"] };
    },
  };
}
