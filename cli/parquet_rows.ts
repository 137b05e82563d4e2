// hyparquet-writer, fetched when a Parquet file is first asked for: its name is put together at run time, or Deno would
// fetch it with the commands.
import type { Cell, Columns, ColumnType, Encoder } from "./table.ts";

const PACKAGE = ["npm:hyparquet-writer", "0.17.0"].join("@");

/** What of the package is used. */
interface Package {
  readonly ByteWriter: new () => ByteWriter;
  readonly ParquetWriter: new (options: { writer: ByteWriter; schema: readonly unknown[]; createdBy: string }) => {
    write(options: { columnData: readonly { name: string; data: readonly Cell[] }[]; rowGroupSize: number }): void;
    finish(): void;
  };
}
interface ByteWriter {
  /** Where in the buffer it writes; what it counts the file's offsets by is another number. */
  index: number;
  getBytes(): Uint8Array;
}

/** Rows of a row group: what is held at a time. */
const GROUP = 2 ** 16;

/** A column's element of the schema (parquet.thrift); all may be missing but whole numbers and reals. */
const elements: Readonly<Record<ColumnType, Readonly<Record<string, string>>>> = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
  whole: { type: "INT32", repetition_type: "REQUIRED" },
  real: { type: "FLOAT", repetition_type: "REQUIRED" },
};

/**
 * Rows as a Parquet file, a row group at a time, compressed by Snappy.
 *
 * @throws Error where the package cannot be had.
 */
export async function parquetRows(columns: Columns): Promise<Encoder> {
  const { ByteWriter, ParquetWriter } = await load(), names = Object.keys(columns), writer = new ByteWriter();
  const schema = [
    { name: "root", num_children: names.length },
    ...names.map((name) => ({ name, ...elements[columns[name]!] })),
  ];
  const file = new ParquetWriter({ writer, schema, createdBy: "foil" });
  let held: (readonly Cell[])[] = [];
  const flush = () => {
    const columnData = names.map((name, at) => ({ name, data: held.map((row) => row[at]!) }));
    if (held.length > 0) file.write({ columnData, rowGroupSize: held.length });
    held = [];
  };
  const take = () => {
    const bytes = writer.getBytes().slice();
    writer.index = 0;
    return bytes;
  };
  return {
    add({ rows }) {
      for (const row of rows) held.push(row);
      if (held.length < GROUP) return null;
      flush();
      return take();
    },
    end() {
      flush();
      file.finish();
      return take();
    },
  };
}

async function load(): Promise<Package> {
  try {
    return await import(PACKAGE) as Package;
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : `${error}`;
    throw new Error(
      `Cannot write Parquet: "${PACKAGE}" cannot be loaded (${why}); the first time it takes a network. .csv and .jsonl take none`,
      { cause: error },
    );
  }
}
