import { baseName } from "../datasets/base_name.ts";
import { published, type PublishedDataset } from "../datasets/published.ts";
import { exists } from "./files.ts";

/** How `--data` names what `datasets fetch` fetched. */
const FETCHED = /^fetched:(.*)$/;
/** What the cache is asked by: this variable, then that of the XDG Base Directory Specification. */
const VARIABLE = "FOIL_CACHE";

/** Where downloads are kept: FOIL_CACHE, else `foil` in XDG_CACHE_HOME or in the system's folder of caches. */
export function cacheFolder(): string {
  const named = Deno.env.get(VARIABLE);
  if (named) return named;
  const home = Deno.env.get("HOME") ?? Deno.env.get("USERPROFILE") ?? ".", { os } = Deno.build;
  const system = os === "windows"
    ? Deno.env.get("LOCALAPPDATA")
    : os === "darwin"
    ? `${home}/Library/Caches`
    : undefined;
  return `${Deno.env.get("XDG_CACHE_HOME") || system || `${home}/.cache`}/foil`;
}

/** The dataset of this name. @throws TypeError naming those that are most alike. */
export function publishedNamed(name: string): PublishedDataset {
  const found = published.find((dataset) => dataset.name === name.toLowerCase());
  if (found) return found;
  const stem = /^(ml|amazon-\d+|amazon|lastfm)/.exec(name.toLowerCase())?.[0];
  const alike = published.filter((dataset) => stem && dataset.name.startsWith(stem)).map((dataset) => dataset.name);
  throw new TypeError(
    `Cannot fetch "${name}": ${
      alike.length > 0 ? `there are ${alike.join(", ")}` : "`datasets fetch` lists the names"
    }`,
  );
}

/** Where a dataset's file is kept. */
export const cachedFile = ({ url }: PublishedDataset, folder = cacheFolder()): string => `${folder}/${baseName(url)}`;

/** The path that `--data` means: the file of "fetched:NAME" in the cache, else what is given. */
export async function dataPath(given: string): Promise<string> {
  const name = FETCHED.exec(given)?.[1];
  if (name === undefined) return given;
  const path = cachedFile(publishedNamed(name));
  if (await exists(path)) return path;
  throw new TypeError(
    `Cannot read "${given}": it is not in the cache ("${path}"); fetch it: foil datasets fetch ${name}`,
  );
}
