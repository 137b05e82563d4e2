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
  const ids = namedIds(names), find = (name: string) => ids.indexOf(name) ?? ids.indexOf(name.trim());
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
  const lines = (await readText(file, `the ids of ${kind}s`)).split(/\r?\n/);
  if (lines.every((name) => name.trim() === "")) {
    throw new TypeError(`Cannot read the ids of ${kind}s "${file}": it has none`);
  }
  return Int32Array.from(
    lines.flatMap((name, at) => {
      if (name.trim() === "") return [];
      const id = find(name);
      if (id === undefined) throw unknown(name.trim(), ` of line ${at + 1} of "${file}"`);
      return [id];
    }),
  );
}
