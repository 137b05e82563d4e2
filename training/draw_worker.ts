// Draws uniform candidates in a thread of its own; see draw_ahead.ts, which starts it.
import { SeenItems } from "../datasets/negatives.ts";
import { Rng } from "../random/rng.ts";
import { drawUniformRows } from "../samplers/uniform_rows.ts";
import type { DrawJob } from "./draw_job.ts";

let known: { readonly seen: SeenItems; readonly rng: Rng; readonly done: Int32Array };

(globalThis as unknown as { onmessage: (event: { readonly data: DrawJob }) => void }).onmessage = ({ data: job }) => {
  if (job.kind === "open") {
    known = { seen: new SeenItems(job.met, job.distinct), rng: new Rng(job.seed, job.name), done: job.done };
  } else job.ids.set(drawUniformRows(job, { ...known, epoch: job.epoch }, job.count));
  Atomics.store(known.done, 0, job.number);
  Atomics.notify(known.done, 0);
};
