import { makeFolder } from "./files.ts";

/** A task's folder that is this process's alone, until it lets go of it. */
export interface Claim {
  /** Lets go; `done` says that there is nothing left to do in the folder, for anybody. */
  release(done: boolean): Promise<void>;
}

/** The file that is locked. The system unlocks it when a process ends, however it ends. */
const LOCK = "lock";

/**
 * Claims a folder, so that no two processes train one trial. Undefined where another process has it. Where the file
 * system knows no locks nobody is kept out: then two write the same numbers, one after the other.
 */
export async function claim(folder: string): Promise<Claim | undefined> {
  await makeFolder(folder);
  const path = `${folder}/${LOCK}`, file = await open(path);
  const locked = await file.tryLock(true).catch(() => true);
  if (!locked) {
    file.close();
    return undefined;
  }
  return {
    async release(done) {
      if (done) await Deno.remove(path).catch(() => {}); // whoever waits for it finds the outcome
      file.close();
    },
  };
}

async function open(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { write: true, create: true });
  } catch (error) {
    throw new Error(`Cannot write "${path}": ${(error as Error).message}`, { cause: error });
  }
}
