import type { Catalogue } from "../datasets/catalogue.ts";
import type { Interactions } from "../datasets/interactions.ts";
import type { RankingOptions } from "./full_ranking.ts";
import type { Found } from "./judge.ts";
import { parseMetric } from "./parse_metric.ts";
import type { RankingAnswer, RankingJob } from "./ranking_job.ts";
import type { Scorer } from "./scorer.ts";
import { WebWorker } from "../runtime/web_worker.ts";

/** Threads that rank beside each other. */
export interface RankingPool {
  /** Ranks for all `users` with the model as the scorer has it. */
  rank(users: Int32Array, scorer: Scorer): Promise<readonly Found[]>;
  dispose(): void;
}

/** What workers are asked for: they do not know groups of items, and of those the lists are measured in the end. */
const asked = (name: string): string => {
  const { dispersion, k } = parseMetric(name);
  return dispersion === "items" ? `coverage@${k}` : name;
};

/**
 * Starts `size` workers, each with one thread of WASM, which share the data and the items' representations. What they find
 * is what one thread finds, to the byte: each ranks whole blocks of users, and these are put together in their order.
 */
export async function openPool(
  size: number,
  seen: Catalogue,
  held: Interactions,
  { alsoSeen = [], alsoRead: _, metrics, ...options }: RankingOptions,
  { blocks }: Scorer,
): Promise<RankingPool> {
  const { users, items, offsets, positives, popularity } = seen;
  const known = {
    users,
    items,
    offsets: shared(offsets),
    positives: shared(positives),
    popularity: shared(popularity),
  };
  const log = ({ users, items, userCount, itemCount }: Interactions): Interactions => ({
    ...{ users: shared(users), items: shared(items), userCount, itemCount },
  });
  const told: RankingJob = {
    ...{ kind: "open", seen: known, held: log(held), blocks },
    options: { ...options, metrics: metrics.map(asked), alsoSeen: alsoSeen.map(log) },
  };
  const workers = Array.from({ length: size }, startWorker);
  const dispose = () => workers.forEach((worker) => worker.terminate());
  const everyone = async (job: RankingJob) => {
    try {
      await Promise.all(workers.map((worker) => worker.ask(job)));
    } catch (error) {
      dispose();
      throw error;
    }
  };
  await everyone(told);
  return {
    dispose,
    async rank(users, scorer) {
      await everyone({ kind: "model", model: await scorer.model(shared) });
      const { rows } = blocks, found: Found[] = [];
      let next = 0;
      const keepBusy = async (worker: typeof workers[number]) => {
        while (next * rows < users.length) {
          const block = next++, own = users.slice(block * rows, (block + 1) * rows);
          found[block] = (await worker.ask({ kind: "rank", users: own, query: await scorer.query(own) })).found!;
        }
      };
      await Promise.all([...workers, ...workers].map(keepBusy)); // each has its next block before it is done with one
      return found;
    },
  };
}

/** The same elements in memory that threads share. */
function shared<T extends Int32Array | Float32Array>(data: T): T {
  const buffer = new SharedArrayBuffer(data.byteLength);
  const copy = data instanceof Int32Array ? new Int32Array(buffer) : new Float32Array(buffer);
  copy.set(data);
  return copy as T;
}

/** A worker that answers jobs in their order. */
function startWorker() {
  const worker = new WebWorker(new URL("./ranking_worker.ts", import.meta.url), { type: "module" });
  const asked: PromiseWithResolvers<RankingAnswer>[] = [];
  const failure = (why: string) => new Error(`Cannot rank in a worker: ${why}`);
  /** Why it answers no more, once it does not. */
  let ended: Error | undefined;
  const end = (why: string) => {
    ended ??= failure(why);
    worker.terminate();
    for (const { reject } of asked.splice(0)) reject(ended);
  };
  worker.onmessage = ({ data }: MessageEvent<RankingAnswer>) => {
    const { resolve, reject } = asked.shift()!;
    if (data.error === undefined) resolve(data);
    else reject(data.outOfRange ? new RangeError(data.error) : failure(data.error));
  };
  worker.onerror = (event) => {
    event.preventDefault();
    end(event.message);
  };
  return {
    ask(job: RankingJob): Promise<RankingAnswer> {
      if (ended) return Promise.reject(ended);
      const answer = Promise.withResolvers<RankingAnswer>();
      asked.push(answer);
      worker.postMessage(job);
      return answer.promise;
    },
    terminate: () => end("it was disposed of"),
  };
}
