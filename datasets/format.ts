import type { Piece, Position } from "./fields.ts";
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
  /**
   * Let an adjacency line have a user and no items, and count such lines, instead of refusing them. Default: in held-out
   * parts alone.
   */
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
  /** Reads a whole file. Throws InputError naming file and line. */
  parse(source: Source, ids: IdTables, options: ParseOptions): Rows;
  /**
   * Begins to read a file piece by piece, so that it may be larger than memory; a format without this is read whole.
   *
   * @param head its first bytes, to see how it is written.
   */
  open?(head: Source, ids: IdTables, options: ParseOptions): Scan;
  readonly titles?: Titles;
}

/** A file that is being read. */
export interface Scan {
  /** Reads the whole lines of a piece; returns where the first begins that was left for the next. */
  take(piece: Piece): Position;
  /** What was read. Throws InputError where there were no interactions. */
  end(): Rows;
}

/** A format that is read piece by piece: how `open` reads whole files, too. */
export function inPieces(open: NonNullable<Format["open"]>): Required<Pick<Format, "open" | "parse">> {
  return {
    open,
    parse(source, ids, options) {
      const scan = open(source, ids, options);
      scan.take(source);
      return scan.end();
    },
  };
}

/** Where a format keeps the titles of items. */
export interface Titles {
  /** Which of the files beside an interaction file holds them. */
  find(file: string, beside: readonly string[]): string | undefined;
  /** Titles by item name. The bytes are as found, unchecked. */
  parse(source: Source): ReadonlyMap<string, string>;
}
