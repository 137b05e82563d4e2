import type { IdTables, Rows } from "./rows.ts";
import type { Source } from "./source.ts";

/** Where a column is: its name in the header, or its number from 1. */
export type ColumnChoice = string | number;

/** What a reader may be told; formats that fix a matter themselves ignore it. */
export interface ParseOptions {
  /** One or two ASCII characters, or " " for runs of blanks. Default: the likeliest of the first rows. */
  readonly delimiter?: string;
  /** Whether the first row names the columns. Default: whether it looks so. */
  readonly header?: boolean;
  /** Default: by common names ("user_id", "movieId", "score", "ts"), else by position. */
  readonly columns?: {
    readonly user?: ColumnChoice;
    readonly item?: ColumnChoice;
    readonly rating?: ColumnChoice;
    readonly time?: ColumnChoice;
  };
  /** Let an adjacency line have a user and no items, and count such lines, instead of refusing them. */
  readonly allowEmptyUsers?: boolean;
}

/** A way to write interactions in a file. A new one is a file like this and a line in `formats.ts`. */
export interface Format {
  readonly name: string;
  /** One line for lists of formats. */
  readonly summary: string;
  /** Whether ids that are all numbers are dense ids already, so that files may agree on them. */
  readonly numbered: boolean;
  /** Whether the parts have users of their own: the last item of each is held out, and what is before it is known. */
  readonly usersOfTheirOwn?: boolean;
  /** Whether a file looks like this; `lines` are its first ones, none blank. */
  matches(file: string, lines: readonly string[]): boolean;
  /** Throws InputError naming file and line. */
  parse(source: Source, ids: IdTables, options: ParseOptions): Rows;
  readonly titles?: Titles;
}

/** Where a format keeps the titles of items. */
export interface Titles {
  /** Which of the files beside an interaction file holds them. */
  find(file: string, beside: readonly string[]): string | undefined;
  /** Titles by item name. The bytes are as found, unchecked. */
  parse(source: Source): ReadonlyMap<string, string>;
}
