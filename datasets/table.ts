import { ITEM_NAMES, normal, quoted, WEIGHT_NAMES } from "./columns.ts";
import { likeliestDelimiter } from "./delimited.ts";
import { type Dialect, eachRow, fieldText } from "./fields.ts";
import { InputError } from "./input_error.ts";
import { sampleLines, type Source } from "./source.ts";

/** What the columns of side information are called in headers, normalised. */
const ROLES = {
  user: ["user", "userid", "source", "sourceid", "trustor", "follower"],
  friend: ["friend", "friendid", "target", "targetid", "trustee", "followee"],
  weight: WEIGHT_NAMES,
  item: ITEM_NAMES,
  entity: ["entity", "entityid"],
  head: ["head", "headid"],
  relation: ["relation", "relationid"],
  tail: ["tail", "tailid"],
  attribute: [
    ...["attribute", "attributes", "genre", "genres", "category", "categories", "class", "brand", "tag", "tags"],
    ...["feature", "features"],
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type Role = keyof typeof ROLES;

/** RecBole's way to write a column in a header: name and type. */
const TYPED = /^([^:]+):((?:token|float)(?:_seq)?)$/;

/** A column as a header names it; RecBole's say its type, too. */
export interface Heading {
  readonly name: string;
  readonly type: string | undefined;
}

/** How a file of columns is written. */
export interface Table {
  readonly dialect: Dialect;
  /** Undefined where the first row is no header. */
  readonly header: readonly Heading[] | undefined;
  /** Columns of the first row. */
  readonly width: number;
}

/**
 * How a checked file is written. Its first row is a header where cells have types, `item_id:token`, or where each of the
 * roles has a cell with a usual name.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { tableOf } from "./table.ts";
 *
 * const source = { file: "ml.link", bytes: new TextEncoder().encode("item_id:token\tentity_id:token\n1\tm.0dyb1\n") };
 * const { header, dialect } = tableOf(source, ["item", "entity"]);
 * assert.deepEqual([dialect.delimiter, header?.map(({ name }) => name)], ["\t", ["item_id", "entity_id"]]);
 * ```
 */
export function tableOf(source: Source, roles: readonly Role[]): Table {
  const [line = ""] = sampleLines(source), typed = line.split("\t").every((cell) => TYPED.test(cell.trim()));
  const dialect = typed
    ? { delimiter: "\t", quotes: false }
    : { delimiter: likeliestDelimiter(line, source.file), quotes: true };
  let cells: readonly string[] = [];
  eachRow(source, dialect, (row) => {
    cells = Array.from({ length: row.count }, (_, field) => fieldText(row, field));
    return false;
  });
  const header = cells.map((cell) => ({ name: cell.replace(TYPED, "$1"), type: TYPED.exec(cell)?.[2] }));
  const headed = typed || roles.every((role) => header.some((heading) => isNamed(heading, role)));
  return { dialect, header: headed ? header : undefined, width: cells.length };
}

/**
 * Which field has each role: by name where there is a header, else by position.
 *
 * @throws InputError where a header names none for a role.
 */
export function fieldsOf<R extends Role>(
  { header }: Table,
  roles: readonly R[],
  file: string,
): Readonly<Record<R, number>> {
  const fields = roles.map((role, position) => [role, header ? named(header, role, file) : position]);
  return Object.fromEntries(fields) as Record<R, number>;
}

/** How many columns a row has at most: those that its header names, or those that are read. */
export const mostColumns = ({ header, width }: Table, read: number, row: string) =>
  header ? { width } : { width: read, row };

/** The field of a role that may be missing. */
export function optionalField({ header, width }: Table, role: Role, position: number): number | undefined {
  if (!header) return position < width ? position : undefined;
  const field = header.findIndex((heading) => isNamed(heading, role));
  return field < 0 ? undefined : field;
}

/** Whether a heading is a usual name of a role. */
export const isNamed = ({ name }: Heading, role: Role): boolean =>
  (ROLES[role] as readonly string[]).includes(normal(name));

function named(header: readonly Heading[], role: Role, file: string): number {
  const field = header.findIndex((heading) => isNamed(heading, role));
  if (field >= 0) return field;
  const found = quoted(header.map(({ name }) => name));
  throw new InputError(`no ${role} column among ${found}; usual names are ${quoted(ROLES[role])}`, file, 1);
}
