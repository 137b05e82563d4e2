import type { Affinity } from "./affinity.ts";
import { readAsset } from "./asset.ts";
import { numberedIds } from "./ids.ts";
import { type Interactions, interactions } from "./interactions.ts";
import { parseDataset } from "./parse.ts";
import type { Source } from "./source.ts";
import type { SyntheticDataset } from "./synthetic.ts";

/**
 * The synthetic dataset that comes with the library: read from disk, or fetched where the library was imported over
 * HTTP. `fixtures/synthesize.ts` wrote it.
 *
 * @param folder where its files are.
 * @throws InputError where a file cannot be had.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { embeddedDataset } from "./embedded.ts";
 *
 * const { train, affinity } = await embeddedDataset();
 * assert.deepEqual([train.userCount, train.itemCount], [943, 1682]);
 * assert.equal(affinity.items.length, 1682);
 * ```
 */
export async function embeddedDataset(
  folder: URL = new URL("../fixtures/synthetic/", import.meta.url),
): Promise<SyntheticDataset> {
  const [train, valid, test, parameters] = await Promise.all(
    ["train.txt", "valid.txt", "test.txt", "affinity.json"].map((name) => read(new URL(name, folder))),
  ) as [Source, Source, Source, Source];
  const affinity = JSON.parse(new TextDecoder().decode(parameters.bytes)) as Affinity;
  const dataset = await parseDataset("synthetic", { train, valid, test }, { format: "adjacency" });
  // the last ids may have no interactions: the parameters know how many there are
  const counts = { userCount: affinity.users.length, itemCount: affinity.items.length };
  const counted = (part: Interactions) => interactions({ ...part, ...counts });
  return {
    ...dataset,
    train: counted(dataset.train),
    valid: counted(dataset.valid!),
    test: counted(dataset.test!),
    userIds: numberedIds(counts.userCount),
    itemIds: numberedIds(counts.itemCount),
    notes: ["drawn from a known model, not collected", ...dataset.notes],
    affinity,
  };
}

async function read(url: URL): Promise<Source> {
  return { file: url.protocol === "file:" ? url.pathname : url.href, bytes: await readAsset(url) };
}
