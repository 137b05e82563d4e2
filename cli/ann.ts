import { createHash } from "node:crypto";
import type { Nearest } from "../evaluation/nearest.ts";
import { TopK } from "../evaluation/top_k.ts";
import type { Vectors } from "../evaluation/vectors.ts";
import { DiskError } from "./disk_error.ts";
import { exists, readText, writeWhole } from "./files.ts";
import { runFiles } from "./run_files.ts";
import { type GraphOptions, type NearGraph, nearGraph } from "./usearch.ts";

/** What an index is of, and what it was measured at. */
export interface IndexFacts extends GraphOptions {
  readonly items: number;
  readonly width: number;
  /** Of the vectors. */
  readonly sha256: string;
  /** Of the file of the index: usearch ends the whole process at some that are damaged. */
  readonly file: string;
}

/**
 * An index of items whose graph is by inner products themselves (ip-NSW; Morozov & Babenko, NeurIPS 2018). Making all vectors
 * as long by one more coordinate first (Bachrach et al., RecSys 2014) found far less where a few are much longer than most,
 * as those of popular items are. Built by one thread, so that equal vectors give an equal index.
 */
export async function buildIndex({ data, width }: Vectors, options: GraphOptions): Promise<NearGraph> {
  const graph = await nearGraph(width, options);
  graph.add(BigUint64Array.from({ length: data.length / width }, (_, item) => BigInt(item)), data, 1);
  return graph;
}

/** Keeps an index in a run folder. */
export async function writeIndex(
  folder: string,
  graph: NearGraph,
  items: Vectors,
  options: GraphOptions,
): Promise<void> {
  const path = `${folder}/${runFiles.index}`, temporary = `${path}.tmp`, { width } = items;
  let file: string;
  try {
    graph.save(temporary);
    file = await digestOfFile(temporary);
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw new DiskError(`write "${path}"`, error);
  }
  const facts: IndexFacts = { ...options, items: items.data.length / width, width, sha256: digest(items), file };
  await writeWhole(`${folder}/${runFiles.indexFacts}`, `${JSON.stringify(facts, null, 2)}\n`);
}

/** The index of a run folder. @throws Error where there is none, it is of other vectors, or not as it was written. */
export async function readIndex(folder: string, items: Vectors): Promise<NearGraph> {
  const path = `${folder}/${runFiles.index}`;
  if (!await exists(path)) throw new Error(`Cannot use an index: there is no "${path}"; command \`index\` builds it`);
  const refusal = (why: string) => new Error(`Cannot use "${path}": ${why}; command \`index\` builds it anew`);
  const facts = factsOf(await readText(`${folder}/${runFiles.indexFacts}`, "what is said of the index"));
  if (!facts) throw refusal(`${runFiles.indexFacts}, which says what it is, is damaged`);
  if (facts.sha256 !== digest(items)) throw refusal("it is of a model before this one");
  if (facts.file !== await digestOfFile(path)) throw refusal("it is damaged, or an earlier version of Foil wrote it");
  const graph = await nearGraph(facts.width, facts);
  graph.load(path);
  return graph;
}

/**
 * Search by an index: it is asked for as many more as are hidden, and what it finds is ordered by exact inner products.
 * What it does not find is missing. Where it would be asked for half of the items or more, all that are not hidden are
 * ordered so instead.
 */
export function indexedNearest(graph: NearGraph, { data, width }: Vectors): Nearest {
  const count = data.length / width, all = new Int32Array(count).map((_, item) => item);
  const isHidden = new Uint8Array(count);
  return {
    search(queries, k, hidden) {
      const rows = queries.length / width, top = new TopK(rows, Math.min(k, count));
      for (let row = 0; row < rows; row++) {
        const own = Int32Array.from(hidden?.(row) ?? []), from = row * width, wanted = top.k + own.length;
        for (const item of own) isHidden[item] = 1;
        const sought = 2 * wanted < count
          ? Int32Array.from(graph.search(queries.subarray(from, from + width), wanted, 1).keys, Number).sort()
          : all;
        const ids = sought.filter((item) => isHidden[item] === 0);
        for (const item of own) isHidden[item] = 0;
        const scores = Float32Array.from(ids, (item) => {
          let sum = 0;
          for (let d = 0; d < width; d++) sum += queries[from + d]! * data[item * width + d]!;
          return sum;
        });
        const found = new TopK(1, top.k);
        found.push(scores, scores.length, 0);
        top.ids.set(found.ids.map((at) => at < 0 ? at : ids[at]!), row * top.k);
        top.scores.set(found.scores, row * top.k);
      }
      return Promise.resolve(top);
    },
    dispose: () => Promise.resolve(),
  };
}

const digest = ({ data }: Vectors): string =>
  createHash("sha256").update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)).digest("hex");

async function digestOfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of (await Deno.open(path)).readable) hash.update(part);
  return hash.digest("hex");
}

/** What a text says of an index; null where it is damaged. */
function factsOf(text: string): IndexFacts | null {
  try {
    return JSON.parse(text) as IndexFacts | null;
  } catch {
    return null;
  }
}
