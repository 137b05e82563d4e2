import { text } from "../../options/option.ts";
import { within } from "../pause.ts";
import { type BullMQ, type Job, loadBullMQ, type Queue, type Redis, type RedisClass } from "./bullmq.ts";
import type { GivenStudy } from "./study_file.ts";

/** Where trials wait for workers. */
export const queueOptions = {
  redis: text(
    null,
    "Redis server: a URL such as redis://host:6379, or a socket's path; without it, REDIS_URL of the environment",
  ),
  queue: text("trials", "name of the queue, where a server has several"),
} as const;

/** A trial that waits to be taken by a worker: all that a machine must know to run it. */
export interface WaitingTrial {
  readonly given: GivenStudy;
  readonly index: number;
  readonly fingerprint: string;
  /** In words. */
  readonly name: string;
}

/** A queue of trials on a server. */
export interface TrialQueue {
  readonly name: string;
  readonly queue: Queue;
  readonly redis: Redis;
  readonly bullmq: BullMQ;
  /** Where a worker leaves the outcome of a trial. */
  readonly outcomeKey: (fingerprint: string) => string;
  close(): Promise<void>;
}

/** What all keys begin with. */
export const PREFIX = "foil";
/** Milliseconds between tries to reach a server that was there, at most. */
const RETRY_MS = 5000;
/** Milliseconds that a server has to say goodbye. */
const CLOSED_MS = 2000;

/** The URL that is given; null where none is. */
export const redisUrl = (given: string | null): string | null => given ?? (Deno.env.get("REDIS_URL") || null);

/** Reaches a queue. @throws Error where no server is given, or none answers. */
export async function openQueue(
  given: { readonly redis: string | null; readonly queue: string | null },
): Promise<TrialQueue> {
  const url = redisUrl(given.redis), name = given.queue ?? queueOptions.queue.default!;
  if (url === null) throw new TypeError("Cannot use a queue: --redis says on which server, such as redis://host:6379");
  if (!/^[\w.-]+$/.test(name)) {
    throw new TypeError(`Cannot use a queue called "${name}": a name has letters, digits, dots and dashes`);
  }
  const { bullmq, Redis } = await loadBullMQ(), redis = await reach(Redis, url);
  const queue = new bullmq.Queue(name, { connection: redis, prefix: PREFIX });
  queue.on("error", () => {}); // what fails for it fails for who asked
  return {
    ...{ name, queue, redis, bullmq },
    outcomeKey: (fingerprint) => `${PREFIX}:${name}:outcome:${fingerprint}`,
    async close() {
      await within(CLOSED_MS, queue.close());
      redis.disconnect();
    },
  };
}

/** Connects to a server. One that is away later is waited for. @throws Error where none answers now. */
async function reach(Redis: RedisClass, url: string): Promise<Redis> {
  let reached = false, why = "";
  const retryStrategy = (times: number) => reached ? Math.min(100 * times, RETRY_MS) : null;
  try {
    const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: null, retryStrategy });
    redis.on("error", (error) => why = error.message);
    await redis.connect();
    reached = true;
    return redis;
  } catch (error) {
    throw new Error(`Cannot reach Redis at ${withoutSecrets(url)}: ${why || (error as Error).message}`);
  }
}

/** Uses a queue, and lets go of it. */
export async function withQueue<T>(
  given: Parameters<typeof openQueue>[0],
  use: (trials: TrialQueue) => Promise<T>,
): Promise<T> {
  const trials = await openQueue(given);
  try {
    return await use(trials);
  } finally {
    await trials.close();
  }
}

/** The job of a trial, where it has one. */
export const jobOf = ({ queue }: TrialQueue, fingerprint: string): Promise<Job<WaitingTrial> | undefined> =>
  queue.getJob<WaitingTrial>(fingerprint);

function withoutSecrets(url: string): string {
  if (url.startsWith("/")) return url;
  try {
    const { protocol, host } = new URL(url);
    return `${protocol}//${host}`;
  } catch {
    return "what is given";
  }
}
