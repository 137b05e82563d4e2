import { createHash } from "node:crypto";
import { readBytesOf } from "./files.ts";
import { runFiles } from "./run_files.ts";

/** A digest of the trained run that another starts from: of its weights, and whose they are. */
export async function digestOfStart(folder: string): Promise<string> {
  const hash = createHash("sha256");
  for (const file of [runFiles.weights, runFiles.ids]) {
    hash.update(await readBytesOf(`${folder}/${file}`, "the weights of run"));
  }
  return hash.digest("hex");
}
