import { UnsuitedError } from "./unsuited_error.ts";

/** What the system says by a code, in words that say what is in the way. */
const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the quota of the disk is used up",
  EFBIG: "it is larger than files may be (ulimit -f)",
  EROFS: "the file system is read-only",
  EACCES: "no permission",
  EPERM: "no permission",
  EEXIST: "a file of that name is in the way",
  ENOTDIR: "a part of its path is a file and no folder",
  EISDIR: "it is a folder",
  ENOENT: "there is no such folder",
};

/** Something cannot be written; what was there is as it was. */
export class DiskError extends UnsuitedError {
  /** @param act what cannot be done, with what to: `write "log.csv"`. */
  constructor(act: string, cause: unknown) {
    const { message, code = "" } = cause as Error & { readonly code?: string };
    super(`Cannot ${act}: ${reasons[code] ?? message}`, { cause });
  }
}
