import { integer } from "../options/option.ts";

/** How many trials are run beside each other in this process. */
export const jobOptions = {
  jobs: integer(1, "trials at a time, each on a thread of its own; one is run on the main thread", { min: 1 }),
} as const;

interface Threads {
  /** Threads that rank, and those of the native provider; 0 is as many as is best for a trial by itself. */
  readonly workers: number;
  readonly threads: number;
}

/** The threads of each of so many trials at a time: as they are said, else its part of the cores. */
export function threadsOfEach({ workers, threads }: Threads, jobs: number): Threads {
  if (jobs === 1) return { workers, threads };
  const part = Math.max(1, Math.floor(navigator.hardwareConcurrency / jobs));
  return { workers: workers || part, threads: threads || part };
}
