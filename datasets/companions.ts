import type { MetadataFiles } from "./with_metadata.ts";

/** What files beside a log hold, by the log's name. `$1` is what its first group matched. */
const COMPANIONS: readonly { readonly log: RegExp; readonly files: MetadataFiles<string> }[] = [
  {
    log: /^(.*?)(?:\.train)?\.inter$/i, // RecBole
    files: {
      attributes: "$1.item",
      userAttributes: "$1.user",
      friends: "$1.net",
      knowledge: "$1.kg",
      links: "$1.link",
    },
  },
  { log: /^data1\.txt$/, files: { friends: "trustnetwork.txt" } }, // LightGCN's LastFM
  { log: /^user_artists\.dat$/, files: { friends: "user_friends.dat" } }, // HetRec 2011's Last.FM
  { log: /^ratings\.csv$/, files: { attributes: "movies.csv" } }, // MovieLens
];

/**
 * The files of side information among those beside a log, `.gz` allowed behind each. A graph and its links come
 * together or not at all.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { companionsOf } from "./companions.ts";
 *
 * const found = companionsOf("ml.inter", ["ml.inter", "ml.item", "ml.kg", "trustnetwork.txt"]);
 * assert.deepEqual(found, { attributes: "ml.item" });
 * ```
 */
export function companionsOf(log: string, beside: readonly string[]): MetadataFiles<string> {
  const name = log.replace(/\.gz$/, "");
  for (const { log: pattern, files } of COMPANIONS) {
    if (!pattern.test(name)) continue;
    const find = (file: string | undefined) => {
      const wanted = file && name.replace(pattern, file);
      return beside.find((other) => other.replace(/\.gz$/, "") === wanted);
    };
    const attributes = find(files.attributes), userAttributes = find(files.userAttributes);
    const friends = find(files.friends);
    const knowledge = find(files.knowledge), links = find(files.links);
    return {
      ...(attributes !== undefined && { attributes }),
      ...(userAttributes !== undefined && { userAttributes }),
      ...(friends !== undefined && { friends }),
      ...(knowledge !== undefined && links !== undefined && { knowledge, links }),
    };
  }
  return {};
}
