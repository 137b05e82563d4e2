import { namedIds } from "../datasets/ids.ts";
import { readText } from "./files.ts";

/** How a command is told of users or items: by a list, or by a file. */
export interface Named {
  /**
   * Ids of the log, parted by commas, or `all`. An id may have commas itself, where what is before one is no id, and spaces
   * around it that are no part of it.
   */
  readonly list: string | null;
  /** A file of such ids, a line each; blank lines are left out. */
  readonly file: string | null;
}

/**
 * The dense ids of what is named, in its order; null where nothing is.
 *
 * @param kind what they are ids of: `user` or `item`.
 * @param names the ids of the log, in the order of the dense ones.
 * @throws TypeError naming what there is none of, with its line where it came from a file.
 */
export async function denseIds(
  kind: "user" | "item",
  { list, file }: Named,
  names: readonly string[],
  run: string,
): Promise<Int32Array | null> {
  if (list !== null && file !== null) {
    throw new TypeError(`Cannot take ${kind}s from both --${kind}s and --${kind}s-file: give one of them`);
  }
  if (list === "all") return Int32Array.from(names.keys());
  const find = finder(names);
  const unknown = (name: string, where = "") =>
    new TypeError(`Cannot find ${kind} "${name}"${where}: run "${run}" knows none (its first is "${names[0]}")`);
  if (list !== null) {
    const parts = list.split(","), found: number[] = [];
    for (let from = 0, to = 1; from < parts.length; from = to++) {
      const name = () => parts.slice(from, to).join(",");
      while (find(name()) === undefined) if (++to > parts.length) throw unknown(parts[from]!.trim());
      found.push(find(name())!);
    }
    return Int32Array.from(found);
  }
  if (file === null) return null;
  const lines = await idsOfFile(kind, file);
  if (lines.length === 0) throw new TypeError(`Cannot read the ids of ${kind}s "${file}": it has none`);
  return Int32Array.from(lines, ({ name, line }) => {
    const id = find(name);
    if (id === undefined) throw unknown(name.trim(), ` of line ${line} of "${file}"`);
    return id;
  });
}

/** What finds the dense id of a name: spaces around it may be no part of it. */
export function finder(names: readonly string[]): (name: string) => number | undefined {
  const ids = namedIds(names);
  return (name) => ids.indexOf(name) ?? ids.indexOf(name.trim());
}

/** The ids in a file, as they are written, and the lines they are on, from 1; blank lines are left out. */
export async function idsOfFile(
  kind: "user" | "item",
  file: string,
): Promise<readonly { readonly name: string; readonly line: number }[]> {
  const lines = (await readText(file, `the ids of ${kind}s`)).split(/\r?\n/);
  return lines.map((name, at) => ({ name, line: at + 1 })).filter(({ name }) => name.trim() !== "");
}
