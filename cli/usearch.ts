// usearch: native, 26 MB, and fetched when an index is first asked for: its name is put together at run time, or Deno would
// fetch it with the commands.
const PACKAGE = ["npm:usearch", "2.26.2"].join("@");

/** A graph of near neighbours (HNSW; Malkov & Yashunin, TPAMI 2020) by inner product. */
export interface NearGraph {
  add(keys: BigUint64Array, vectors: Float32Array, threads: number): void;
  /** Up to `k` keys, nearest first. */
  search(query: Float32Array, k: number, threads: number): { readonly keys: BigUint64Array };
  size(): number;
  save(path: string): void;
  load(path: string): void;
}

/** How an index is built and searched. */
export interface GraphOptions {
  /** Links of each vector, M. */
  readonly connectivity: number;
  /** Candidates held while one is added, and while one is sought. */
  readonly expansionAdd: number;
  readonly expansionSearch: number;
}

/** An empty index. @throws Error where the package cannot be had or has no binary for this machine. */
export async function nearGraph(dimensions: number, options: GraphOptions): Promise<NearGraph> {
  const { Index } = await load();
  return new Index({
    ...{ dimensions, metric: "ip", quantization: "f32", multi: false, connectivity: options.connectivity },
    ...{ expansion_add: options.expansionAdd, expansion_search: options.expansionSearch },
  });
}

async function load(): Promise<{ readonly Index: new (options: Readonly<Record<string, unknown>>) => NearGraph }> {
  try {
    return await import(PACKAGE);
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : `${error}`;
    throw new Error(
      `Cannot use an index: "${PACKAGE}" cannot be loaded (${why}); it takes --allow-ffi, --allow-env, --allow-sys and, the first time, a network`,
      { cause: error },
    );
  }
}
