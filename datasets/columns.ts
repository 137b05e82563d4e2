import type { ColumnChoice, ParseOptions } from "./format.ts";
import { InputError } from "./input_error.ts";
import type { FieldNumbers } from "./row_scan.ts";

/** What headers call a column, without case and punctuation, the likelier first. */
const NAMES = {
  user: ["user", "userid", "uid", "username", "reviewerid", "customerid", "customer", "visitorid", "sessionid"],
  item: [
    ...["item", "itemid", "iid", "movieid", "productid", "product", "parentasin", "asin", "sku", "isbn", "bookid"],
    ...["songid", "trackid", "artistid", "businessid", "sid"],
  ],
  rating: ["rating", "ratings", "score", "stars", "star", "overall", "weight", "playcount", "label"],
  time: ["timestamp", "time", "ts", "unixtime", "unixreviewtime", "datetime", "date", "createdat", "eventtime"],
} as const;

type Role = keyof typeof NAMES;

/** What item columns are called, normalised. */
export const ITEM_NAMES: readonly string[] = NAMES.item;
/** What columns of weights are called, normalised. */
export const WEIGHT_NAMES: readonly string[] = NAMES.rating;

/** A column's name without case and punctuation. */
export const normal = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");

/** Whether a header cell is a common name of some column. */
export const isColumnName = (cell: string): boolean =>
  Object.values(NAMES).some((names) => (names as readonly string[]).includes(normal(cell)));

/** Whether some cell is a common name of a user column, and another of an item column. */
export const namesBoth = (cells: readonly string[]): boolean =>
  [NAMES.user, NAMES.item].every((names) => cells.some((cell) => (names as readonly string[]).includes(normal(cell))));

/**
 * Which field holds what, by the names in a header.
 *
 * @param line where the header is; null where the file has no lines.
 *
 * @throws InputError where the user or item column, or one that was asked for, is not there, or there twice.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { columnsByName } from "./columns.ts";
 *
 * const header = ["userId", "movieId", "stars", "when"];
 * const found = columnsByName(header, { time: "when" }, "ratings.csv");
 * assert.deepEqual(found, { user: 0, item: 1, rating: 2, time: 3 });
 * assert.throws(() => columnsByName(["buyer", "sku"], {}, "log.csv"), /no user column among "buyer", "sku"/);
 * ```
 */
export function columnsByName(
  header: readonly string[],
  choices: NonNullable<ParseOptions["columns"]>,
  file: string,
  line: number | null = 1,
): FieldNumbers {
  const wrong = (problem: string) => new InputError(problem, file, line ?? undefined);
  const find = (role: Role, required: boolean) => {
    const choice = choices[role];
    if (choice !== undefined) return chosen(header, choice, role, wrong);
    for (const name of NAMES[role]) {
      const at = header.findIndex((cell) => normal(cell) === name);
      if (at >= 0) return only(header, at, role, wrong);
    }
    if (!required) return undefined;
    const problem = `no ${role} column among ${
      quoted(header)
    }; say which one it is (--${role}-column, or "columns" in code)`;
    throw wrong(problem);
  };
  return apart(
    {
      user: find("user", true)!,
      item: find("item", true)!,
      rating: find("rating", false),
      time: find("time", false),
    },
    (at) => `"${header[at]}"`,
    wrong,
  );
}

/** The columns, if no two are one. `shown` is one in words. */
export function apart<F extends Readonly<Record<Role, number | string | undefined>>>(
  found: F,
  shown: (column: NonNullable<F[Role]>) => string,
  wrong: (problem: string) => InputError,
): F {
  const roles = Object.entries(found).filter(([, column]) => column !== undefined) as [Role, NonNullable<F[Role]>][];
  for (const [at, [role, column]] of roles.entries()) {
    const other = roles.slice(0, at).find(([, before]) => before === column);
    if (other) throw wrong(`the ${other[0]} column and the ${role} column are both ${shown(column)}`);
  }
  return found;
}

/** The names of the columns that are read. */
export interface ColumnNames {
  readonly user: string;
  readonly item: string;
  readonly rating: string | undefined;
  readonly time: string | undefined;
}

/** As {@link columnsByName}, by name. */
export function namesOf(
  header: readonly string[],
  choices: NonNullable<ParseOptions["columns"]>,
  file: string,
  line: number | null = null,
): ColumnNames {
  const { user, item, rating, time } = columnsByName(header, choices, file, line);
  const name = (field: number | undefined) => field === undefined ? undefined : header[field]!;
  return { user: header[user]!, item: header[item]!, rating: name(rating), time: name(time) };
}

/**
 * Which field holds what in a file without a header: as chosen, else user, item, rating, time in this order.
 * A third of three columns is a time, not a rating, where `thirdIsTime`.
 */
export function columnsByPosition(
  width: number,
  choices: NonNullable<ParseOptions["columns"]>,
  thirdIsTime: boolean,
  file: string,
): FieldNumbers {
  const numbers = Array.from({ length: width }, (_, at) => String(at + 1));
  const wrong = (problem: string) => new InputError(problem, file, 1);
  const at = (role: Role) => {
    const choice = choices[role];
    if (typeof choice === "string" && !numbers.includes(choice)) {
      throw wrong(`no ${role} column named "${choice}": the file has no header, so give a number`);
    }
    return choice === undefined ? undefined : chosen(numbers, Number(choice), role, wrong);
  };
  const user = at("user"), item = at("item"), rating = at("rating"), time = at("time");
  const picked = [user, item, rating, time].some((field) => field !== undefined);
  const guess = { rating: width > 2 && !(width === 3 && thirdIsTime) ? 2 : undefined, time: width > 3 ? 3 : undefined };
  if (width === 3 && thirdIsTime) guess.time = 2;
  // once some columns are chosen, the optional ones are only those that are
  return apart(
    {
      user: user ?? 0,
      item: item ?? 1,
      rating: picked ? rating : guess.rating,
      time: picked ? time : guess.time,
    },
    (at) => `column ${at + 1}`,
    wrong,
  );
}

function chosen(
  header: readonly string[],
  choice: ColumnChoice,
  role: Role,
  wrong: (problem: string) => InputError,
): number {
  const at = typeof choice === "number" ? choice - 1 : header.indexOf(choice);
  if (at in header) return typeof choice === "number" ? at : only(header, at, role, wrong);
  const asked = typeof choice === "number" ? `number ${choice}` : `named "${choice}"`;
  throw wrong(`no ${role} column ${asked} among ${quoted(header)}`);
}

/** The place of a name in a header. @throws InputError where another column is called the same. */
function only(header: readonly string[], at: number, role: Role, wrong: (problem: string) => InputError): number {
  const other = header.indexOf(header[at]!, at + 1);
  if (other < 0) return at;
  throw wrong(
    `columns ${at + 1} and ${other + 1} are both called "${
      header[at]
    }": --${role}-column (or "columns" in code) says ` +
      "by its number which one is read",
  );
}

/** Which columns of a header are read and which are not, as notes: none where all are. Columns without a name are left out. */
export function readNotes(header: readonly string[], fields: FieldNumbers): readonly string[] {
  const used = Object.entries(fields).filter(([, field]) => field !== undefined);
  const unread = header.filter((name, at) => name !== "" && !used.some(([, field]) => field === at));
  if (unread.length === 0) return [];
  return [`columns read are ${used.map(([role, at]) => `${role} "${header[at!]}"`).join(", ")}; not ${quoted(unread)}`];
}

/** Names and characters of a name that a message has at most. */
const MOST_NAMES = 20, MOST_CHARACTERS = 60;

/** Names for a message. */
export function quoted(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map((name) =>
    name.length > MOST_CHARACTERS ? `"${name.slice(0, MOST_CHARACTERS)}..."` : `"${name}"`
  );
  return [...shown, ...names.length > MOST_NAMES ? [`and ${names.length - MOST_NAMES} more`] : []].join(", ");
}
