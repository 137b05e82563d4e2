import { quoted } from "./columns.ts";
import type { ColumnChoice } from "./format.ts";
import { InputError } from "./input_error.ts";
import { type Heading, isNamed, type Table } from "./table.ts";
import { titleField } from "./titles.ts";

/** A column of attributes. */
export interface AttributeColumn {
  readonly field: number;
  /** The byte between the attributes of one field; undefined where a field is one attribute. */
  readonly separator: number | undefined;
  /** What is put before each name, so that names of several columns do not mix. */
  readonly prefix: string;
}

const SPACE = 32, BAR = 124;

/**
 * The columns of attributes of a table: those chosen; else, of a header with types, each `token_seq` but the title; of
 * one without, each with a usual name; undefined, where there is no header, means all but the first.
 *
 * @throws InputError where a column that was chosen is not there.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { attributeColumns } from "./attribute_columns.ts";
 *
 * const header = [{ name: "movieId", type: undefined }, { name: "genres", type: undefined }];
 * const table = { dialect: { delimiter: ",", quotes: true }, header, width: 2 };
 * const bar = "|".charCodeAt(0);
 * assert.deepEqual(attributeColumns(table, 0, [], "movies.csv"), [{ field: 1, separator: bar, prefix: "" }]);
 * ```
 */
export function attributeColumns(
  { header, width }: Table,
  item: number,
  choices: readonly ColumnChoice[],
  file: string,
): readonly AttributeColumn[] | undefined {
  if (choices.length === 0 && !header) return undefined;
  const names = header?.map(({ name }) => name) ?? Array.from({ length: width }, (_, field) => String(field + 1));
  const fields = choices.length === 0
    ? usualFields(header!, item)
    : choices.map((choice) => chosenField(names, choice, file));
  return fields.map((field) => ({
    field,
    separator: separatorOf(header?.[field]),
    prefix: fields.length > 1 ? `${names[field]}:` : "",
  }));
}

function usualFields(header: readonly Heading[], item: number): readonly number[] {
  const typed = header.some(({ type }) => type !== undefined), title = titleField(header.map(({ name }) => name), item);
  return [...header.keys()].filter((field) =>
    field !== item && field !== title &&
    (typed ? header[field]!.type === "token_seq" : isNamed(header[field]!, "attribute"))
  );
}

const separatorOf = (heading: Heading | undefined): number | undefined =>
  heading?.type === undefined ? BAR : heading.type === "token_seq" ? SPACE : undefined;

function chosenField(names: readonly string[], choice: ColumnChoice, file: string): number {
  const field = typeof choice === "number" ? choice - 1 : names.indexOf(choice);
  if (field in names) return field;
  const asked = typeof choice === "number" ? `number ${choice}` : `named "${choice}"`;
  throw new InputError(`no attribute column ${asked} among ${quoted(names)}`, file, 1);
}
