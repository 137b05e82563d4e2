import { flag, integer, real, text, type Values } from "../../options/option.ts";
import { openOutput } from "../output.ts";
import { pause, within } from "../pause.ts";
import { outputOptions } from "../train_options.ts";
import { queueOptions, type TrialQueue, withQueue } from "./queue.ts";
import { takeTrials } from "./take_trials.ts";

export const workerOptions = {
  ...queueOptions,
  jobs: integer(1, "trials at a time, each on a thread of its own", { min: 1 }),
  lease: real(30, "seconds without a sign of life after which another worker takes a trial", { min: 0.1 }),
  drain: flag(false, "end when no trial waits or runs, instead of waiting for more"),
  out: text(null, "folder to work in; without it, that of the study"),
  ...outputOptions,
} as const;

/** Between looks at whether the queue is empty, under --drain. */
const LOOK_MS = 250;
/** Milliseconds that a server has to take trials back, when a worker ends. */
const GRACE_MS = 10_000;

/** `study worker`: takes trials from a queue until it is told to stop; those under way are then given back. */
export async function studyWorker(values: Values<typeof workerOptions>, signal: AbortSignal): Promise<number> {
  const output = openOutput(values);
  return await withQueue(values, async (trials) => {
    const unsuited = new AbortController(), stop = AbortSignal.any([signal, unsuited.signal]);
    const { closed, underWay, dispose } = takeTrials(trials, values, stop, output, (why) => unsuited.abort(why));
    output.say(`takes trials from queue "${trials.name}", ${values.jobs} at a time`);
    try {
      await (values.drain ? drained(trials, stop) : stopped(stop));
    } catch (error) {
      if (!stop.aborted) throw error;
    } finally {
      const ended = closed();
      await Promise.allSettled(underWay()); // they end, or keep a checkpoint
      if (!await within(GRACE_MS, ended)) {
        output.say("the server does not answer: what was under way is another's when its lease is over");
      }
      await dispose();
    }
    if (unsuited.signal.aborted) throw unsuited.signal.reason;
    return signal.aborted && values.drain ? 130 : 0;
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
