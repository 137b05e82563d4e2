import { createHash } from "node:crypto";
import type { Dataset } from "../datasets/dataset.ts";
import { columnsOf, fingerprintOf } from "./fingerprint.ts";
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

/** A digest of what users and items are called: rows of another run are found by it. */
export const digestOfNames = ({ userIds, itemIds }: Pick<Dataset, "userIds" | "itemIds">): Promise<string> => {
  const [users, items] = [userIds.names, itemIds.names];
  return fingerprintOf({ users: users.length, items: items.length }, columnsOf([users, items]));
};
