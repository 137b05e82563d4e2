import { resolve } from "node:path";
import { readYaml, yamlText } from "../options/yaml.ts";
import { exists } from "./files.ts";
import { kebab } from "./flags.ts";
import { runFiles } from "./run_files.ts";

/** What is written to a folder, by its files, and those that tell it from others once there is something to lose. */
const kinds = {
  run: { files: Object.values(runFiles), marks: [runFiles.weights, runFiles.checkpoint] },
  search: { files: [runFiles.config, "tune.json", "tune.csv"], marks: ["tune.json"] },
  comparison: {
    files: [runFiles.config, runFiles.ids, runFiles.tested, "compare.json", "compare.csv", "compare.md", "balance.svg"],
    marks: ["compare.json"],
  },
  study: { files: [runFiles.config, "study.json", "study.csv", "study.md"], marks: ["study.json"] },
} satisfies Readonly<Record<string, { readonly files: readonly string[]; readonly marks: readonly string[] }>>;

/** What is written to a folder. */
export type Kind = keyof typeof kinds;

/** @throws TypeError where a folder to write to is not named: "" would be the root of the file system. */
export function checkNamed(folder: string, what: string): void {
  if (folder.trim() === "") throw new TypeError(`Cannot write ${what}: --out is empty`);
}

/**
 * Sees that a folder to write to is new, empty of the names of the files that are written, or of the same kind.
 *
 * @param inputs files that are read.
 * @throws Error naming the file that would be overwritten.
 */
export async function checkOwnFolder(
  folder: string,
  inputs: readonly (string | null)[],
  kind: Kind = "run",
): Promise<void> {
  checkNamed(folder, `a ${kind}`);
  const { files: names, marks: own } = kinds[kind];
  const ours = await Promise.all(names.map((name) => placeOf(`${folder}/${name}`)));
  const places = await Promise.all(inputs.map((path) => path && placeOf(path)));
  const input = inputs.find((_, at) => places[at] && ours.includes(places[at]));
  const cannot = `Cannot write a ${kind} to "${folder}":`;
  if (input) throw new TypeError(`${cannot} "${input}", which it reads, would be overwritten`);
  for (const [other, { marks }] of Object.entries(kinds)) {
    if (other === kind) continue;
    for (const mark of marks) {
      if (!await exists(`${folder}/${mark}`)) continue;
      throw new TypeError(`${cannot} it is that of a ${other} ("${mark}"); --out names another folder`);
    }
  }
  const there: string[] = [];
  for (const name of names) if (await exists(`${folder}/${name}`)) there.push(name);
  const [first] = there, isMarked = there.some((name) => own.some((mark) => mark === name));
  if (first === undefined || first === runFiles.config && (isMarked || await isWritten(folder))) return;
  throw new TypeError(
    `${cannot} it is no ${kind}'s, and its "${first}" would be overwritten; --out names another folder`,
  );
}

/** Where a file or folder lies, whatever links lead to it: its own path where there is none. */
export const placeOf = (path: string): Promise<string> => Deno.realPath(path).catch(() => resolve(path));

/**
 * Sees that a file to write is none that is read.
 *
 * @param inputs paths by the option that names them.
 * @throws TypeError naming the option.
 */
export async function checkNotRead(out: string, inputs: Readonly<Record<string, string | null>>): Promise<void> {
  if (!await exists(out)) return;
  const place = await placeOf(out);
  for (const [option, path] of Object.entries(inputs)) {
    if (path === null || await placeOf(path) !== place) continue;
    throw new TypeError(`Cannot write "${out}": --${kebab(option)} reads it; --out names another file`);
  }
}

/** Whether the options in a folder are as Foil writes them: whoever wrote them by hand would miss them. */
async function isWritten(folder: string): Promise<boolean> {
  const text = await Deno.readTextFile(`${folder}/${runFiles.config}`).catch(() => "");
  try {
    return yamlText(readYaml(text) as Record<string, unknown>) === text;
  } catch {
    return false;
  }
}
