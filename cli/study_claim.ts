import { DiskError } from "./disk_error.ts";
import { makeFolder } from "./files.ts";
import { pause } from "./pause.ts";

/** A folder that is this process's alone, until it lets go of it. */
export interface Claim {
  /** False where the file system knows no locks: nobody is kept out then. */
  readonly exclusive: boolean;
  release(): void;
  /** The same, and no file stays behind. Whoever asks just then may have it beside another. */
  drop(): Promise<void>;
}

/** The file that is locked. The system unlocks it when a process ends, however it ends. */
const LOCK = ".lock";

/** Claims a folder, so that no two processes write to it at a time. Undefined where another process has it. */
export async function claim(folder: string): Promise<Claim | undefined> {
  await makeFolder(folder);
  const path = `${folder}/${LOCK}`, file = await open(path), release = () => file.close();
  const drop = () => Deno.remove(path).catch(() => {}).finally(release);
  const locked = await file.tryLock(true).catch(() => undefined);
  if (locked === undefined) return { exclusive: false, release, drop };
  if (locked) return { exclusive: true, release, drop };
  release();
  return undefined;
}

/** Whether a process has a folder now. */
export async function isClaimed(folder: string): Promise<boolean> {
  try {
    using file = await Deno.open(`${folder}/${LOCK}`, { write: true });
    return !await file.tryLock(true);
  } catch {
    return false; // nobody ever had it, or nobody can tell
  }
}

/** Between looks at whether another process has written what it has to write. */
const LOOK_MS = 20;

/** Writes to a folder that others may be writing to: one after the other. */
export async function inTurn<T>(folder: string, write: () => Promise<T>): Promise<T> {
  let claimed = await claim(folder);
  for (; !claimed; claimed = await claim(folder)) await pause(LOOK_MS);
  try {
    return await write();
  } finally {
    claimed.release();
  }
}

async function open(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { write: true, create: true });
  } catch (error) {
    throw new DiskError(`write "${path}"`, error);
  }
}
