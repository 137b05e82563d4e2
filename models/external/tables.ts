import type { Catalogue } from "../../datasets/catalogue.ts";
import type { ModelFile } from "../../graphs/model_file.ts";
import type { Names } from "./names.ts";

/** What passes ids on as they are. */
const PASSING: ReadonlySet<string> = new Set(["Identity", "Cast", "Reshape", "Squeeze", "Unsqueeze", "Flatten"]);

/** A table that ids are looked up in. */
export interface Table {
  readonly name: string;
  readonly rows: number;
  readonly of: "users" | "items";
}

/** The tables of a file that its inputs of ids are looked up in. */
export function tablesOf(
  { nodes, initializers }: ModelFile,
  { users, items }: Pick<Names, "users" | "items">,
): readonly Table[] {
  const ids = new Map<string, Table["of"]>([[users, "users"], [items, "items"]]), tables = new Map<string, Table>();
  const alias = new Map<string, string>(); // names of initialisers under Identity
  for (const { type, inputs, outputs, attributes } of nodes) {
    const [first = "", second = ""] = inputs, output = outputs[0]!;
    if (PASSING.has(type) && ids.has(first)) ids.set(output, ids.get(first)!);
    if (type === "Identity") alias.set(output, alias.get(first) ?? first);
    const name = alias.get(first) ?? first, table = initializers.get(name), of = ids.get(second);
    if (type === "Gather" && table && of && (attributes.axis ?? 0) === 0) {
      tables.set(`${name} ${of}`, { name, rows: table.shape[0]!, of });
    }
  }
  return [...tables.values()];
}

/** @throws RangeError naming the table that is too short for the data. */
export function checkTables(
  file: ModelFile,
  names: Pick<Names, "users" | "items">,
  catalogue: Pick<Catalogue, "users" | "items">,
): void {
  for (const { name, rows, of } of tablesOf(file, names)) {
    if (catalogue[of] <= rows) continue;
    throw new RangeError(
      `Cannot use "${file.source}" as a backbone: its table "${name}" has ${rows} rows, the data have ${
        catalogue[of]
      } ${of}`,
    );
  }
}
