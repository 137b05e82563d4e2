import { growing } from "./growing.ts";
import type { IdTable } from "./id_table.ts";
import { InputError } from "./input_error.ts";
import { parseNumber, parseTime, TIME } from "./numbers.ts";
import type { IdTables, Rows } from "./rows.ts";

/** Rows whose cells are values of JavaScript: of JSON, of Parquet, of a query. */
export interface ValueRows {
  /** Adds a row. A cell of a column that is not read is not looked at. `line` is what errors call it. */
  push(user: unknown, item: unknown, rating: unknown, time: unknown, line: number): void;
  end(): Rows;
}

/** Which of the columns that may be missing are there. */
export interface ValueColumns {
  readonly rating: boolean;
  readonly time: boolean;
}

/**
 * Gathers rows of values. Ids are text, whole numbers or booleans; numbers may be written as text; times may be dates,
 * which count in seconds since 1970, or text of ISO 8601.
 *
 * @param row what a row is called: "line" where the file has lines.
 * @param notes what is known of the file already.
 * @throws InputError (from `push`) naming the row where an id is missing, or a rating or time is no number.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { idTable } from "./id_table.ts";
 * import { valueRows } from "./value_rows.ts";
 *
 * const ids = { users: idTable(), items: idTable() };
 * const rows = valueRows("plays.parquet", ids, { rating: false, time: true }, "row");
 * rows.push("ann", 7n, undefined, new Date(60_000), 1);
 * assert.deepEqual([rows.end().times, ids.items.names()], [Float64Array.of(60), ["7"]]);
 * ```
 */
export function valueRows(
  file: string,
  ids: IdTables,
  { rating: rated, time: timed }: ValueColumns,
  row: "line" | "row",
  notes: readonly string[] = [],
): ValueRows {
  const encoder = new TextEncoder();
  const users = growing((buffer) => new Int32Array(buffer)), items = growing((buffer) => new Int32Array(buffer));
  const ratings = growing((buffer) => new Float32Array(buffer)), times = growing((buffer) => new Float64Array(buffer));
  let scratch = new Uint8Array(256);
  const wrong = (problem: string, line: number) =>
    row === "line" ? new InputError(problem, file, line) : new InputError(`row ${line}: ${problem}`, file);
  /** Writes text to `scratch`; returns its bytes. */
  const written = (text: string): number => {
    if (3 * text.length > scratch.length) scratch = new Uint8Array(6 * text.length);
    return encoder.encodeInto(text, scratch).written;
  };
  const id = (value: unknown, what: string, table: IdTable, line: number): number => {
    const text = idText(value);
    if (text === undefined) {
      const within = row === "line" && shown(value) === "an object"
        ? `; a path such as ${what}.id says which field of it (--${what}-column, or "columns" in code)`
        : "";
      throw wrong(`its ${what} is ${shown(value)}: an id is text or a whole number${within}`, line);
    }
    if (text === "") throw wrong(`its ${what} is empty`, line);
    const length = written(text); // before scratch is named: it may be another one now
    return table.add(scratch, 0, length);
  };
  const number = (value: unknown, what: "rating" | "time", line: number): number => {
    const parsed = (text: string) => {
      const length = written(text);
      return (what === "time" ? parseTime : parseNumber)(scratch, 0, length);
    };
    const found = typeof value === "string" ? parsed(value.trim()) : plainNumber(value, what);
    if (Number.isFinite(what === "rating" ? Math.fround(found) : found)) return found;
    throw wrong(`its ${what} is ${shown(value)}: a ${what} is ${what === "time" ? TIME : "a number"}`, line);
  };
  return {
    push(user, item, rating, time, line) {
      users.push(id(user, "user", ids.users, line));
      items.push(id(item, "item", ids.items, line));
      if (rated) ratings.push(number(rating, "rating", line));
      if (timed) times.push(number(time, "time", line));
    },
    end() {
      if (users.length === 0) throw new InputError("it has no interactions", file);
      return {
        users: users.whole(),
        items: items.whole(),
        ...(rated && { ratings: ratings.whole() }),
        ...(timed && { times: times.whole() }),
        notes,
      };
    },
  };
}

/** How an id is written; undefined where a value is none. */
function idText(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return Number.isSafeInteger(value) ? String(value) : undefined;
    case "bigint":
    case "boolean":
      return String(value);
    default:
      return undefined;
  }
}

function plainNumber(value: unknown, what: "rating" | "time"): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "boolean" && what === "rating") return Number(value);
  return value instanceof Date && what === "time" ? value.getTime() / 1000 : NaN;
}

/** A value in a message. */
function shown(value: unknown): string {
  if (value === undefined || value === null) return "missing";
  if (typeof value === "object") return Array.isArray(value) ? "a list" : "an object";
  const text = String(value);
  return `"${text.length > 40 ? `${text.slice(0, 40)}...` : text}"`;
}
