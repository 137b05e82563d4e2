/**
 * Data that cannot be read as asked: says in which file, and on which line (from 1) where it is about a line.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { InputError } from "./input_error.ts";
 * import { parseDataset } from "./parse.ts";
 *
 * const bytes = new TextEncoder().encode("0 4 5\n1 4\n2\n");
 * const error = await parseDataset("mine", { train: { file: "train.txt", bytes } }).catch((error) => error);
 * assert(error instanceof InputError);
 * assert.deepEqual([error.file, error.line], ["train.txt", 3]); // user 2 has no items
 * ```
 */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly file: string;
  readonly line: number | undefined;

  /**
   * @example
   * ```ts
   * import assert from "node:assert/strict";
   * import { InputError } from "./input_error.ts";
   *
   * assert.equal(new InputError("a line is empty", "train.txt", 3).message, `Cannot read "train.txt", line 3: a line is empty`);
   * ```
   */
  constructor(problem: string, file: string, line?: number) {
    super(`Cannot read "${file}"${line === undefined ? "" : `, line ${line}`}: ${problem}`);
    this.file = file;
    this.line = line;
  }
}
