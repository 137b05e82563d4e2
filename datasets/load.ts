import type { Dataset } from "./dataset.ts";
import { listFolder, readBytes } from "./files.ts";
import { InputError } from "./input_error.ts";
import { layoutOf, LOOKED_FOR } from "./layouts.ts";
import { type DatasetOptions, parseDataset } from "./parse.ts";

export interface LoadOptions extends DatasetOptions {
  /** Default: the file's or folder's name. */
  readonly name?: string;
  /** Paths of the held-out parts, where `path` is the train file. */
  readonly valid?: string;
  readonly test?: string;
}

/** Names of files of which each line is a sequence of items without a user. */
const SEQUENCES = /^(train|valid|test)_data\.txt(\.gz)?$/;

/**
 * Loads a dataset from a file (one log, to be split later: all of it is `train`) or from a folder whose files have the
 * usual names. Gzip is unzipped. The formats are in `formats.ts`.
 *
 * @throws InputError where nothing is there, or it cannot be read; it names the file and the line.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadDataset } from "./load.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/train.txt`, "0 1 2\n1 0\n");
 * await Deno.writeTextFile(`${folder}/test.txt`, "1 2\n");
 * const { train, test, itemIds } = await loadDataset(folder);
 * assert.deepEqual([train.users.length, test?.users.length, itemIds.names.length], [3, 1, 3]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function loadDataset(path: string, options: LoadOptions = {}): Promise<Dataset> {
  const names = await listFolder(path), root = path.replace(/[/\\]+$/, "");
  const read = async (file: string) => ({ file, bytes: await readBytes(file) });
  if (!names) {
    if (options.format === undefined && SEQUENCES.test(path.replace(/^.*[/\\]/, ""))) {
      throw new InputError("it holds sequences, which are not supported yet", path);
    }
    const folder = /[/\\]/.test(path) ? path.replace(/[/\\][^/\\]*$/, "/") : "";
    const train = await read(path);
    return await parseDataset(options.name ?? stem(path), {
      train,
      ...(options.valid !== undefined && { valid: await read(options.valid) }),
      ...(options.test !== undefined && { test: await read(options.test) }),
      beside: await listFolder(folder || ".") ?? [],
      read: (name) => read(folder + name),
    }, options);
  }
  if (options.valid !== undefined || options.test !== undefined) {
    throw new InputError("it is a folder; where valid or test files are named, the train file is named, too", path);
  }
  const layout = layoutOf(names);
  if (!layout) {
    const sequences = names.filter((name) => SEQUENCES.test(name)).map((name) => `"${name}"`);
    if (sequences.length > 0) {
      throw new InputError(`it holds sequences (${sequences.join(", ")}), which are not supported yet`, path);
    }
    throw new InputError(`no dataset in this folder; looked for ${LOOKED_FOR}`, path);
  }
  const { train, valid, test } = layout;
  return await parseDataset(options.name ?? stem(root), {
    train: await read(`${root}/${train}`),
    ...(valid !== undefined && { valid: await read(`${root}/${valid}`) }),
    ...(test !== undefined && { test: await read(`${root}/${test}`) }),
    beside: names,
    read: (name) => read(`${root}/${name}`),
  }, options);
}

/** The last name of a path, without its ending. */
const stem = (path: string): string =>
  path.replace(/^.*[/\\]/, "").replace(/(\.(inter|txt|csv|tsv|dat|data))?(\.gz)?$/i, "");
