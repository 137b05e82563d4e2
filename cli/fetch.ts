import { published, type PublishedDataset } from "../datasets/published.ts";
import { cachedFile, cacheFolder, publishedNamed } from "./cache.ts";
import { download, type Fetched, reasonOf, sumsOf } from "./download.ts";
import { exists, makeFolder, writeWhole } from "./files.ts";
import { openOutput, type Output } from "./output.ts";
import { text, type Values } from "../options/option.ts";
import { outputOptions } from "./train_options.ts";

export const fetchOptions = {
  url: text(null, "mirror to fetch the file from; its .md5 is checked where there is one beside it"),
  cache: text(null, "folder to keep it in; without it, $FOIL_CACHE, else foil in $XDG_CACHE_HOME or ~/.cache"),
  ...outputOptions,
} as const;

/** What `datasets fetch` is asked. */
export interface FetchValues extends Values<typeof fetchOptions> {
  /** Undefined lists the names. */
  readonly name: string | undefined;
}

/** What is kept beside a fetched file. */
interface Receipt {
  readonly name: string;
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
  /** The host's MD5 that it was checked against. */
  readonly md5?: string;
  readonly terms: string;
  readonly citation: string;
}

/** `datasets fetch`: downloads a dataset from its publisher into the cache, checks it, and says its terms and its path. */
export async function fetchCommand(values: FetchValues, signal: AbortSignal): Promise<number> {
  const output = openOutput(values);
  if (values.name === undefined) return listPublished(output);
  const dataset = publishedNamed(values.name), folder = values.cache ?? cacheFolder();
  const path = cachedFile(dataset, folder), url = values.url ?? dataset.url;
  output.say(`${dataset.name}: ${dataset.citation}\nterms: ${dataset.terms}`);
  if (await exists(path)) {
    const receipt = await readReceipt(path), sums = await sumsOf(path);
    if (receipt?.sha256 === sums.sha256) return done(output, path, receipt, "in the cache, as it was fetched");
    if (!receipt) {
      throw new Error(`Cannot fetch to "${path}": a file is there that was not fetched; remove it, or name a --cache`);
    }
    output.say(`what is in the cache is not what was fetched (SHA-256 ${sums.sha256}): fetched anew`);
  }
  await makeFolder(folder);
  const md5 = dataset.md5 || values.url !== null ? await publishedMd5(`${url}.md5`, dataset, signal) : undefined;
  const { name, terms, citation } = dataset;
  const receiptFor = ({ bytes, sha256 }: Fetched): Receipt => {
    return { name, url, bytes, sha256, ...md5 !== undefined && { md5 }, terms, citation };
  };
  const fetched = await download({
    url,
    path,
    signal,
    progress: (bytes, total) =>
      output.progress(`${dataset.name}: ${megabytes(bytes)}${total ? ` of ${megabytes(total)}` : ""}`),
    check(sums) {
      if (md5 === undefined || md5 === sums.md5) return;
      throw new Error(`Cannot use "${url}": its MD5 is ${sums.md5}, its publisher says ${md5}; what came was removed`);
    },
    settle: (fetched) => writeWhole(receiptOf(path), `${JSON.stringify(receiptFor(fetched), null, 2)}\n`),
  });
  const checked = md5 === undefined
    ? "its publisher states no checksum: its SHA-256 is kept, and later checked against"
    : "its MD5 is what its publisher says";
  return done(output, path, receiptFor(fetched), checked);
}

const receiptOf = (path: string) => `${path}.json`;
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

async function readReceipt(path: string): Promise<Receipt | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(receiptOf(path)));
  } catch {
    return undefined;
  }
}

function done(output: Output, path: string, receipt: Receipt, checked: string): number {
  output.say(
    `${
      megabytes(receipt.bytes)
    }, SHA-256 ${receipt.sha256}; ${checked}\nread it by --data fetched:${receipt.name}, or:`,
  );
  output.result({ event: "fetched", path, checked, ...receipt }, path);
  return 0;
}

/** The checksum beside the file; undefined where there is none, which only a mirror may lack. */
async function publishedMd5(
  url: string,
  { url: official }: PublishedDataset,
  signal: AbortSignal,
): Promise<string | undefined> {
  let response: Response;
  try {
    response = await fetch(url, { signal });
  } catch (error) {
    throw new Error(`Cannot fetch "${url}": ${reasonOf(error)}`, { cause: error });
  }
  const text = await response.text(), found = /\b[0-9a-f]{32}\b/i.exec(text)?.[0];
  if (response.ok && found) return found.toLowerCase();
  if (response.status === 404 && url !== `${official}.md5`) return undefined;
  const answer = response.ok
    ? `"${text.slice(0, 60)}", which is no MD5`
    : `${response.status} ${response.statusText}`.trim();
  throw new Error(`Cannot fetch "${url}", the checksum to check against: the server answers ${answer}`);
}

function listPublished(output: Output): number {
  for (const { name, size, terms, citation, url, md5 } of published) {
    output.result(
      { name, url, ...size !== undefined && { size }, md5, terms, citation },
      size ? `${name} (${size})` : name,
    );
  }
  return 0;
}
