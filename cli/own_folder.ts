import { resolve } from "node:path";
import { exists } from "./files.ts";
import { runFiles } from "./run_files.ts";

/**
 * Sees that a folder to write a run to is new, empty of the names of its files, or a run's.
 *
 * @param inputs files that are read.
 * @throws Error naming the file that would be overwritten.
 */
export async function checkOwnFolder(folder: string, inputs: readonly (string | null)[]): Promise<void> {
  if (folder.trim() === "") throw new TypeError("Cannot write a run: --out is empty");
  const names = Object.values(runFiles), ours = names.map((name) => resolve(folder, name));
  const input = inputs.find((path) => path !== null && ours.includes(resolve(path)));
  if (input) throw new TypeError(`Cannot write a run to "${folder}": "${input}", which it reads, would be overwritten`);
  if (await exists(`${folder}/${runFiles.config}`)) return; // a run's, or one that was begun
  for (const name of names) {
    if (!await exists(`${folder}/${name}`)) continue;
    throw new TypeError(
      `Cannot write a run to "${folder}": it is no run's, and its "${name}" would be overwritten; --out names another folder`,
    );
  }
}
