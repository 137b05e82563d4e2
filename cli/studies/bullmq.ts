// BullMQ and ioredis, fetched when a queue is first asked for: their names are put together at run time, or Deno would
// fetch them with the commands. msgpackr, which BullMQ packs with, may be sped up by msgpackr-extract, whose latest version
// lacks the binaries of some systems; Deno then stops where npm goes on. So a version that has them all comes first: of a
// package that is there Deno takes no other.
const FIRST = ["npm:msgpackr-extract", "3.0.4/package.json"].join("@");
const BULLMQ = ["npm:bullmq", "6.7.0"].join("@"), IOREDIS = ["npm:ioredis", "5.11.1"].join("@");

/** What Foil uses of BullMQ. */
export interface BullMQ {
  readonly Queue: new (name: string, options: QueueOptions) => Queue;
  readonly Worker: new <D>(
    name: string,
    work: (job: Job<D>, token: string) => Promise<unknown>,
    options: WorkerOptions,
  ) => Worker;
  /** Thrown by work that has given its job back. */
  readonly WaitingError: new () => Error;
}

export interface QueueOptions {
  readonly connection: Redis;
  readonly prefix: string;
}

export interface WorkerOptions extends QueueOptions {
  /** Who works, in words. */
  readonly name: string;
  readonly concurrency: number;
  /** Milliseconds that a job is a worker's without a sign of life. */
  readonly lockDuration: number;
  /** Milliseconds between looks for jobs whose workers gave none. */
  readonly stalledInterval: number;
  /** So often a job may be left so before it fails. */
  readonly maxStalledCount: number;
}

export type JobState = "waiting" | "active" | "delayed" | "completed" | "failed" | "unknown";

export interface Job<D> {
  readonly id: string;
  readonly data: D;
  /** Why it failed. */
  readonly failedReason?: string;
  /** The name of the worker that had it last. */
  readonly processedBy?: string;
  /** How often it was left without a sign of life. */
  readonly stalledCounter: number;
  remove(): Promise<unknown>;
  /** Gives it back, so that any worker may take it. */
  moveToWait(token: string): Promise<unknown>;
}

export interface Queue {
  addBulk<D>(
    jobs: readonly { readonly name: string; readonly data: D; readonly opts: { readonly jobId: string } }[],
  ): Promise<unknown>;
  getJob<D>(id: string): Promise<Job<D> | undefined>;
  getJobState(id: string): Promise<JobState>;
  getJobCounts(...states: JobState[]): Promise<Readonly<Record<string, number>>>;
  on(event: "error", told: (error: Error) => void): unknown;
  close(): Promise<void>;
}

export interface Worker {
  on(event: "error", told: (error: Error) => void): unknown;
  on(event: "lockRenewalFailed", told: (ids: readonly string[]) => void): unknown;
  /** Takes no more jobs, and waits for those under way. */
  close(): Promise<void>;
}

/** What Foil uses of ioredis. */
export interface Redis {
  connect(): Promise<void>;
  on(event: "error", told: (error: Error) => void): unknown;
  hset(key: string, fields: Readonly<Record<string, Uint8Array>>): Promise<number>;
  hgetallBuffer(key: string): Promise<Readonly<Record<string, Uint8Array>>>;
  exists(key: string): Promise<number>;
  del(key: string): Promise<number>;
  disconnect(): void;
}

export type RedisClass = new (url: string, options: RedisOptions) => Redis;

export interface RedisOptions {
  readonly lazyConnect: boolean;
  /** As BullMQ wants it: its commands wait for a server that is away for a while. */
  readonly maxRetriesPerRequest: null;
  /** Milliseconds until another try to connect; null: none. */
  readonly retryStrategy: (times: number) => number | null;
}

/** @throws Error where the packages cannot be had. */
export async function loadBullMQ(): Promise<{ readonly bullmq: BullMQ; readonly Redis: RedisClass }> {
  try {
    await import(FIRST, { with: { type: "json" } });
    const bullmq = await import(BULLMQ) as BullMQ, { Redis } = await import(IOREDIS);
    return { bullmq, Redis };
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : `${error}`;
    throw new Error(`Cannot use a queue: "${BULLMQ}" cannot be loaded (${why}); the first time it takes a network`, {
      cause: error,
    });
  }
}
