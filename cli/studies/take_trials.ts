import { hostname } from "node:os";
import type { Output } from "../output.ts";
import type { Job } from "./bullmq.ts";
import { openStudyCrew } from "./crew.ts";
import { sendOutcome } from "./parcel.ts";
import { PREFIX, type TrialQueue, type WaitingTrial } from "./queue.ts";

/** How trials are taken. */
export interface Taking {
  readonly jobs: number;
  /** Seconds without a sign of life after which a trial is another's. */
  readonly lease: number;
  /** Folder to work in, in the place of the study's. */
  readonly out: string | null;
}

/** So often a trial may be left by workers that die before it counts as failed. */
const LEFT_AT_MOST = 10;
/** What BullMQ says where `lockRenewalFailed` is told, too. */
const LOST = /^could not renew lock for job/;
const MS = 1000;

/**
 * Takes trials from a queue and runs them on threads; the main thread renews their leases meanwhile. Trials under way when
 * it is to `stop` are given back. `quit` is called where this machine cannot run them, with why.
 */
export function takeTrials(
  { name, redis, bullmq, outcomeKey }: TrialQueue,
  { jobs, lease, out }: Taking,
  stop: AbortSignal,
  output: Output,
  quit: (why: Error) => void,
) {
  const crew = openStudyCrew(output), running = new Set<Promise<unknown>>();
  const leases = new Map<string, AbortController>();
  const ended = async ({ id, data }: Job<WaitingTrial>) => {
    const { given, index, fingerprint, name: said } = data, lost = new AbortController();
    leases.set(id, lost);
    const asked = { index, fingerprint, said, inTurn: true }, here = out === null ? given : { ...given, out };
    const run = crew.run({ given: here, lanes: jobs, asked }, "auto", AbortSignal.any([stop, lost.signal]));
    running.add(run);
    try {
      return { lost: lost.signal, ...await run };
    } finally {
      running.delete(run);
      if (leases.get(id) === lost) leases.delete(id);
    }
  };
  const work = async (job: Job<WaitingTrial>, token: string) => {
    const { lost, ...run } = await ended(job), { index, fingerprint, name: said } = job.data;
    if (run.kind === "done" && run.found) {
      const { folder, skipped } = run.found;
      await sendOutcome(redis, outcomeKey(fingerprint), folder);
      const event = { event: "trial", index, name: said, folder, skipped };
      output.result(event, `${said}: done${skipped ? " before" : ""}`);
      return { skipped };
    }
    if (lost.aborted) {
      output.say(`${said}: gave no sign of life for ${lease} s; another worker may have it`);
      throw new bullmq.WaitingError(); // it is no longer this worker's to give back
    }
    if (run.kind === "failed" && !run.unsuited) {
      output.result({ event: "failed", index, name: said, error: run.error }, `${said} failed: ${run.error}`);
      throw new Error(run.error);
    }
    if (run.kind === "failed") quit(new Error(`${run.error}; "${said}" is given back`));
    else output.say(`${said}: given back`);
    await job.moveToWait(token);
    throw new bullmq.WaitingError();
  };
  const worker = new bullmq.Worker(name, work, {
    ...{ connection: redis, prefix: PREFIX, concurrency: jobs, maxStalledCount: LEFT_AT_MOST },
    ...{ name: `${hostname()}:${Deno.pid}`, lockDuration: lease * MS, stalledInterval: lease * MS / 2 },
  });
  let told = "";
  worker.on("error", ({ message }) => {
    if (message !== told && !LOST.test(message)) output.say(`queue "${name}": ${message}`);
    told = message; // a server that is away says the same again and again
  });
  worker.on("lockRenewalFailed", (ids) => ids.forEach((id) => leases.get(id)?.abort(new Error("lost"))));
  return {
    /** Takes no more; ends when those under way have ended, or are given back. */
    closed: () => worker.close(),
    /** Trials that threads are at. */
    underWay: (): readonly Promise<unknown>[] => [...running],
    dispose: () => crew.dispose(),
  };
}
