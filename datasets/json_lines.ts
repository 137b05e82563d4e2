import { type ColumnNames, columnsByName, namesOf, readNotes } from "./columns.ts";
import type { Piece, Position } from "./fields.ts";
import { type Format, inPieces, type ParseOptions } from "./format.ts";
import { InputError } from "./input_error.ts";
import type { Source } from "./source.ts";
import { valueRows } from "./value_rows.ts";

/** Objects that detection of the fields looks at. */
const SAMPLE = 64;
/** Objects in objects whose fields it sees. */
const DEEPEST = 4;
const NEWLINE = 10, SPACE = 32;

type Json = Readonly<Record<string, unknown>>;

/**
 * JSON lines: an object a line, an interaction each. Fields are found by the common names of columns; a choice may be a
 * path into objects, "reviewer.id". Lines of blanks are left out.
 *
 * @throws InputError naming the line where it is no JSON object, a field is missing, or a rating or time is no number.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { idTable } from "./id_table.ts";
 * import { jsonLines } from "./json_lines.ts";
 *
 * const ids = { users: idTable(), items: idTable() };
 * const bytes = new TextEncoder().encode('{"who": {"id": 7}, "asin": "B00A", "overall": 4.5}\n');
 * const rows = jsonLines.parse({ file: "reviews.jsonl", bytes }, ids, { columns: { user: "who.id" } });
 * assert.deepEqual([ids.users.names(), ids.items.names(), rows.ratings], [["7"], ["B00A"], Float32Array.of(4.5)]);
 * ```
 */
export const jsonLines: Format = {
  name: "jsonl",
  summary: "JSON lines: an object a line, with fields as columns of delimited files are called",
  numbered: false,
  matches: (file, lines) => /\.(jsonl|ndjson|json)(\.gz)?$/i.test(file) || /^\s*\{/.test(lines[0] ?? ""),

  ...inPieces((head, ids, { columns = {} }) => {
    const { file } = head, paths = pathsOf(head, columns), { user, item, rating, time, notes } = paths;
    const rows = valueRows(file, ids, { rating: rating !== undefined, time: time !== undefined }, "line", notes);
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    return {
      take: (piece) =>
        eachLine(piece, (bytes, line) => {
          const text = decoder.decode(bytes), parsed = objectOf(text, file, line);
          const exact = !inexact(at(parsed, user)) && !inexact(at(parsed, item));
          const object = exact ? parsed : exactly(text, file, line);
          rows.push(at(object, user), at(object, item), rating && at(object, rating), time && at(object, time), line);
          return true;
        }),
      end: () => rows.end(),
    };
  }),
};

/** Visits lines that are not blank while it returns true; as `eachRow`, leaves the last one where it may go on. */
function eachLine(
  { bytes, line = 1, more = false }: Piece,
  visit: (bytes: Uint8Array, line: number) => boolean,
): Position {
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, start), stop = newline < 0 ? bytes.length : newline;
    if (newline < 0 && more) break;
    let first = start;
    while (first < stop && bytes[first]! <= SPACE) first++;
    if (first < stop && !visit(bytes.subarray(first, stop), line)) break;
    if (newline < 0) return { at: stop, line };
    start = stop + 1;
    line++;
  }
  return { at: start, line };
}

function objectOf(text: string, file: string, line: number): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const hint = text.startsWith("[") || text === "{" ? "; JSON lines have one object a line" : "";
    throw new InputError(`it is no JSON (${(error as Error).message})${hint}`, file, line);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const found = Array.isArray(value) ? "a list" : JSON.stringify(value).slice(0, 40);
    throw new InputError(`it is ${found}: JSON lines have one object a line`, file, line);
  }
  return value as Json;
}

/** The value of a line; undefined where it is no JSON, which is told when the line is read. */
function parsedOrNone(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a number lost digits: ids may be larger than 2^53. */
const inexact = (value: unknown): boolean =>
  typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);

type Revive = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** Parses once more, with large whole numbers as they are written. */
function exactly(text: string, file: string, line: number): Json {
  try {
    return (JSON.parse as (text: string, revive: Revive) => Json)(
      text,
      (_key, value, { source }) => inexact(value) && /^-?\d+$/.test(source ?? "") ? BigInt(source!) : value,
    );
  } catch (error) {
    throw new InputError(`it cannot be read (${(error as Error).message})`, file, line);
  }
}

/** The value of a field, by its name or a path of names; undefined where an object lacks it. */
function at(object: Json, path: string): unknown {
  if (Object.hasOwn(object, path) || !path.includes(".")) return own(object, path);
  return path.split(".").reduce(own, object as unknown);
}
const own = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name) ? (value as Json)[name] : undefined;

interface Paths extends ColumnNames {
  readonly notes: readonly string[];
}

/** Which field each column is: as chosen, else by the names of the first objects' fields. */
function pathsOf(head: Source, choices: NonNullable<ParseOptions["columns"]>): Paths {
  const { file } = head, names = new Set<string>();
  for (const [role, choice] of Object.entries(choices)) {
    if (typeof choice !== "number") continue;
    throw new InputError(`its ${role} column cannot be number ${choice}: fields of JSON have names`, file);
  }
  const decoder = new TextDecoder();
  let seen = 0;
  eachLine({ ...head, more: head.rest !== undefined }, (bytes, line) => {
    const text = decoder.decode(bytes);
    if (seen === 0) { for (const name of fieldsOf(objectOf(text, file, line))) names.add(name); }
    else for (const name of fieldsOf(parsedOrNone(text))) names.add(name);
    return ++seen < SAMPLE;
  });
  const header = [...names];
  const held = header.map((name) => header.some((other) => other.startsWith(`${name}.`)) ? "" : name);
  return { ...namesOf(header, choices, file, 1), notes: readNotes(held, columnsByName(header, choices, file, 1)) };
}

/** What an object holds, and paths to what the objects in it hold. */
function fieldsOf(value: unknown, prefix = "", depth = 0): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value) || depth > DEEPEST) return [];
  const names = Object.keys(value).map((name) => prefix + name);
  return [
    ...names,
    ...Object.entries(value).flatMap(([name, inner]) => fieldsOf(inner, `${prefix}${name}.`, depth + 1)),
  ];
}
