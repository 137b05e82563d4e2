import { InputError } from "./input_error.ts";

/** How a delimited file writes a row. */
export interface Dialect {
  /** One or two ASCII characters; " " stands for any run of blanks. */
  readonly delimiter: string;
  /** Fields may be quoted as in RFC 4180: "a, b", with "" for a quote. */
  readonly quotes: boolean;
}

/** One row: field f is `buffers[f]` from `starts[f]` to `stops[f]`. The next row overwrites it. */
export interface Fields {
  /** From 1. */
  line: number;
  count: number;
  readonly buffers: Uint8Array[];
  readonly starts: number[];
  readonly stops: number[];
}

/** Some bytes of a file, from the start of a line. */
export interface Piece {
  readonly file: string;
  readonly bytes: Uint8Array;
  /** The number of its first line; default 1. */
  readonly line?: number;
  /** Whether the file goes on behind them: then a row without its line end is left for the next piece. */
  readonly more?: boolean;
}

/** Where reading stopped. */
export interface Position {
  readonly at: number;
  readonly line: number;
}

const NEWLINE = 10, RETURN = 13, TAB = 9, SPACE = 32, QUOTE = 34;

/**
 * Visits the rows of a checked file, except blank ones, until `visit` returns false. Unquoted fields lose the blanks
 * around them. Returns where the first row begins that was not visited.
 *
 * @throws InputError where a quote is not closed, or text follows one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { eachRow, fieldText } from "./fields.ts";
 *
 * const rows: string[][] = [];
 * const bytes = new TextEncoder().encode('7,"Good, ""bad"""\r\n8,Ugly');
 * eachRow({ file: "movies.csv", bytes }, { delimiter: ",", quotes: true }, (row) => {
 *   rows.push([fieldText(row, 0), fieldText(row, 1)]);
 * });
 * assert.deepEqual(rows, [["7", 'Good, "bad"'], ["8", "Ugly"]]);
 * ```
 */
export function eachRow(piece: Piece, dialect: Dialect, visit: (row: Fields) => false | void): Position {
  const { file, bytes, line: firstLine = 1, more = false } = piece;
  const { quotes } = dialect, length = bytes.length;
  const first = dialect.delimiter.charCodeAt(0), second = dialect.delimiter.charCodeAt(1), two = second === second;
  const runs = first === SPACE, width = two ? 2 : 1;
  const row: Fields = { line: firstLine, count: 0, buffers: [], starts: [], stops: [] };

  let line = firstLine, at = 0;
  while (at < length) {
    const begin = at;
    row.line = line;
    let field = 0, open = true;
    while (open) {
      while (at < length && (bytes[at] === SPACE || bytes[at] === TAB && first !== TAB)) at++;
      let start = at, stop: number, buffer = bytes;
      if (quotes && bytes[at] === QUOTE) {
        const close = closingQuote(bytes, at + 1);
        if (close < 0 && more) return { at: begin, line: row.line };
        if (close < 0) throw new InputError("a quote opens here and never closes", file, line);
        start = at + 1;
        stop = close;
        for (let inside = start; inside < stop; inside++) if (bytes[inside] === NEWLINE) line++;
        if (bytes.subarray(start, stop).includes(QUOTE)) {
          buffer = unescaped(bytes.subarray(start, stop));
          start = 0;
          stop = buffer.length;
        }
        at = close + 1;
        while (at < length && (bytes[at] === SPACE && !runs || bytes[at] === RETURN)) at++;
        if (at < length && bytes[at] !== first && bytes[at] !== NEWLINE && !(runs && bytes[at] === TAB)) {
          throw new InputError("text follows a closing quote", file, line);
        }
      } else {
        while (at < length) {
          const byte = bytes[at]!;
          if (byte === NEWLINE || runs && byte === TAB || byte === first && (!two || bytes[at + 1] === second)) break;
          at++;
        }
        stop = at;
        while (stop > start && bytes[stop - 1]! <= SPACE) stop--;
      }
      if (runs) { while (at < length && (bytes[at] === SPACE || bytes[at] === TAB || bytes[at] === RETURN)) at++; }
      row.buffers[field] = buffer;
      row.starts[field] = start;
      row.stops[field] = stop;
      field++;
      if (at >= length || bytes[at] === NEWLINE) open = false;
      else if (!runs) at += width;
    }
    if (more && at >= length) return { at: begin, line: row.line };
    row.count = field;
    const visited = field > 1 || row.stops[0]! > row.starts[0]!;
    if (visited && visit(row) === false) return { at: begin, line: row.line };
    at++;
    line++;
  }
  return { at: length, line };
}

/** Field `field` of a row, as a string. */
export const fieldText = (row: Fields, field: number): string =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(
    row.buffers[field]!.subarray(row.starts[field], row.stops[field]),
  );

/** Where the field that begins at `start` has its closing quote, or -1. */
function closingQuote(bytes: Uint8Array, start: number): number {
  for (let at = bytes.indexOf(QUOTE, start); at >= 0; at = bytes.indexOf(QUOTE, at + 2)) {
    if (bytes[at + 1] !== QUOTE) return at;
  }
  return -1;
}

/** Writes "" as one quote. */
function unescaped(field: Uint8Array): Uint8Array {
  const kept: number[] = [];
  for (let at = 0; at < field.length; at++) {
    kept.push(field[at]!);
    if (field[at] === QUOTE) at++;
  }
  return Uint8Array.from(kept);
}
