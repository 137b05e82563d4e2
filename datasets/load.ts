import { baseName } from "./base_name.ts";
import { companionsOf } from "./companions.ts";
import type { Dataset } from "./dataset.ts";
import { listFolder, openText } from "./files.ts";
import { InputError } from "./input_error.ts";
import { layoutOf, LOOKED_FOR } from "./layouts.ts";
import { metadataSources, readSource } from "./metadata_sources.ts";
import { type DatasetOptions, parseDataset } from "./parse.ts";
import { type MetadataFiles, type MetadataOptions, withMetadata } from "./with_metadata.ts";

export interface LoadOptions extends DatasetOptions, MetadataOptions {
  /** Default: the file's or folder's name. */
  readonly name?: string;
  /** Paths of the held-out parts, where `path` is the train file. */
  readonly valid?: string;
  readonly test?: string;
  /** Paths of side information; they go before the files of usual names beside the log. */
  readonly metadata?: MetadataFiles<string>;
}

/**
 * Loads a dataset from a file (one log, to be split later: all of it is `train`) or from a folder whose files have the
 * usual names. Gzip is unzipped. The formats are in `formats.ts`; what is known of users and items besides is read from
 * the files of usual names beside the log (`companions.ts`), or those given.
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
  const { folder, train, valid, test, beside } = await partsOf(path, options);
  const dataset = await parseDataset(options.name ?? stem(path.replace(/[/\\]+$/, "")), {
    train: await openText(train),
    ...(valid !== undefined && { valid: await openText(valid) }),
    ...(test !== undefined && { test: await openText(test) }),
    beside,
    read: (name) => readSource(folder + name),
  }, options);
  const companions = companionsOf(baseName(train), beside), { metadata = {} } = options;
  const chosen = {
    attributes: options.attributeColumns !== undefined,
    userAttributes: options.userAttributeColumns !== undefined,
  };
  return withMetadata(
    dataset,
    await metadataSources(folder, companions, metadata, chosen),
    options,
  );
}

/** The paths of a dataset's parts, and what lies beside them. */
interface Parts {
  /** With the slash at its end; "" for the current one. */
  readonly folder: string;
  readonly train: string;
  readonly valid?: string | undefined;
  readonly test?: string | undefined;
  readonly beside: readonly string[];
}

async function partsOf(path: string, { valid, test }: LoadOptions): Promise<Parts> {
  const names = await listFolder(path);
  if (!names) {
    const folder = /[/\\]/.test(path) ? path.replace(/[/\\][^/\\]*$/, "/") : "";
    return { folder, train: path, valid, test, beside: await listFolder(folder || ".") ?? [] };
  }
  if (valid !== undefined || test !== undefined) {
    throw new InputError("it is a folder; where valid or test files are named, the train file is named, too", path);
  }
  const layout = layoutOf(names), folder = `${path.replace(/[/\\]+$/, "")}/`;
  if (!layout) throw new InputError(`no dataset in this folder; looked for ${LOOKED_FOR}`, path);
  const located = (name: string | undefined) => name === undefined ? undefined : folder + name;
  return {
    ...{ folder, train: folder + layout.train, beside: names },
    ...{ valid: located(layout.valid), test: located(layout.test) },
  };
}

/** The last name of a path, without its ending. */
const stem = (path: string): string =>
  baseName(path).replace(/(\.(inter|txt|csv|tsv|dat|data|jsonl|ndjson|json))?(\.gz)?$/i, "");
