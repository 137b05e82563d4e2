import { hostname } from "node:os";
import { flag, integer, real, text, type Values } from "../../options/option.ts";
import { openOutput, type Output } from "../output.ts";
import { pause } from "../pause.ts";
import { outputOptions } from "../train_options.ts";
import type { Job } from "./bullmq.ts";
import { openCrew } from "./crew.ts";
import { sendOutcome } from "./parcel.ts";
import { PREFIX, queueOptions, type TrialQueue, type WaitingTrial, withQueue } from "./queue.ts";

export const workerOptions = {
  ...queueOptions,
  jobs: integer(1, "trials at a time, each on a thread of its own", { min: 1 }),
  lease: real(30, "seconds without a sign of life after which another worker takes a trial", { min: 0.1 }),
  drain: flag(false, "end when no trial waits or runs, instead of waiting for more"),
  out: text(null, "folder to work in; without it, that of the study"),
  ...outputOptions,
} as const;
type WorkerValues = Values<typeof workerOptions>;

/** So often a trial may be left by workers that die before it counts as failed. */
const LEFT_AT_MOST = 10;
/** Between looks at whether the queue is empty, under --drain. */
const LOOK_MS = 250;
const MS = 1000;

/** `study worker`: takes trials from a queue until it is told to stop; those under way are then given back. */
export async function studyWorker(values: WorkerValues, signal: AbortSignal): Promise<number> {
  const output = openOutput(values);
  return await withQueue(values, async (trials) => {
    const ending = new AbortController(), stop = AbortSignal.any([signal, ending.signal]);
    const { worker, fault, dispose } = startWorker(
      trials,
      values,
      stop,
      output,
      () => ending.abort(new Error("unsuited")),
    );
    output.say(`takes trials from queue "${trials.name}", ${values.jobs} at a time`);
    try {
      await (values.drain ? drained(trials, stop) : stopped(stop));
    } catch (error) {
      if (!stop.aborted) throw error;
    } finally {
      await worker.close(); // waits for what is under way: it ends, or is given back
      dispose();
    }
    const wrong = fault();
    if (wrong !== undefined) throw new Error(wrong);
    return signal.aborted ? 130 : 0;
  });
}

const stopped = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

/** Ends when nothing waits and nobody is at anything. @throws the signal's reason. */
async function drained({ queue }: TrialQueue, signal: AbortSignal): Promise<void> {
  for (;;) {
    const counts = await queue.getJobCounts("waiting", "active", "delayed");
    if (Object.values(counts).every((count) => count === 0)) return;
    await pause(LOOK_MS, signal);
  }
}

/** Starts to take trials. `quit` is called where this machine cannot run them; `fault` says why then. */
function startWorker(
  { name, redis, bullmq, outcomeKey }: TrialQueue,
  { jobs, lease, out }: WorkerValues,
  stop: AbortSignal,
  output: Output,
  quit: () => void,
) {
  const crew = openCrew(jobs, output), underWay = new Map<string, AbortController>();
  let fault: string | undefined;
  const work = async (job: Job<WaitingTrial>, token: string) => {
    const lost = new AbortController(), { given, index, fingerprint, name: said } = job.data;
    underWay.set(job.id, lost);
    const giveBack = async () => {
      await job.moveToWait(token);
      throw new bullmq.WaitingError();
    };
    try {
      const asked = { index, fingerprint, said, inTurn: true }, here = out === null ? given : { ...given, out };
      const ended = await crew.run(here, asked, AbortSignal.any([stop, lost.signal]));
      if (ended.kind === "done") {
        await sendOutcome(redis, outcomeKey(fingerprint), ended.folder);
        const { folder, skipped } = ended, event = { event: "trial", index, name: said, folder, skipped };
        output.result(event, `${said}: done${skipped ? " before" : ""}`);
        return { skipped };
      }
      if (lost.signal.aborted) {
        output.say(`${said}: gave no sign of life for ${lease} s; another worker may have it`);
        throw new bullmq.WaitingError(); // it is no longer this worker's to give back
      }
      if (ended.kind === "failed" && !ended.unsuited) {
        output.result({ event: "failed", index, name: said, error: ended.error }, `${said} failed: ${ended.error}`);
        throw new Error(ended.error);
      }
      if (ended.kind === "failed") {
        fault = `${ended.error}; "${said}" is given back`;
        quit();
      } else output.say(`${said}: given back`);
      return await giveBack();
    } finally {
      underWay.delete(job.id);
    }
  };
  const worker = new bullmq.Worker(name, work, {
    ...{ connection: redis, prefix: PREFIX, concurrency: jobs, maxStalledCount: LEFT_AT_MOST },
    ...{ name: `${hostname()}:${Deno.pid}`, lockDuration: lease * MS, stalledInterval: lease * MS / 2 },
  });
  let told = "";
  worker.on("error", ({ message }) => {
    if (message !== told) output.say(`queue "${name}": ${message}`);
    told = message; // a server that is away says the same again and again
  });
  worker.on("lockRenewalFailed", (ids) => ids.forEach((id) => underWay.get(id)?.abort(new Error("lost"))));
  return { worker, fault: () => fault, dispose: () => crew.dispose() };
}
