import { createHash } from "node:crypto";
import { readBytesOf } from "./files.ts";
import { runFiles } from "./run_files.ts";
import { checkTrained, START_FROM } from "./trained_folder.ts";

/** A digest of the trained run that another starts from: of its weights, and whose they are. */
export async function digestOfStart(folder: string): Promise<string> {
  await checkTrained(folder, START_FROM);
  const hash = createHash("sha256");
  for (const file of [runFiles.weights, runFiles.ids]) {
    hash.update(await readBytesOf(`${folder}/${file}`, "what a run starts from,"));
  }
  return hash.digest("hex");
}
