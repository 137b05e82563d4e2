import type { Batch } from "../datasets/batching.ts";
import type { SeenItems } from "../datasets/negatives.ts";
import { WebWorker } from "../runtime/web_worker.ts";
import type { DrawnAhead } from "../samplers/sampler.ts";
import type { DrawJob } from "./draw_job.ts";

/** Ids a batch from which on a thread pays: drawing them takes ten times what a message to it does. */
const WORTH = 2 ** 14;
/** Bytes of what users have met that the thread is given a copy of, at most. */
const COPIED = 2 ** 27;
/** Longer than the draws of any batch: a thread that is silent for so long has ended. */
const SILENT_MS = 5000;

/** A thread that draws a batch's uniform candidates while the step before runs. */
export interface DrawThread extends DrawnAhead {
  /** Says which batch comes next. */
  expect(batch: Batch, epoch: number): void;
  dispose(): void;
}

/** What a thread was told to draw last. */
interface Expected {
  readonly batch: Pick<Batch, "users" | "first">;
  readonly epoch: number;
  readonly count: number;
}

/**
 * Opens what draws ahead, where threads can share memory and there is a second core; it starts its thread when a first
 * batch asks for enough. Its draws are those that the caller would make with stream `name` of `seed`, to the id.
 */
export function openDrawThread(seen: SeenItems, seed: number, name: string): DrawThread | undefined {
  const { catalogue: { users, items, offsets, positives }, distinct } = seen;
  const shares = typeof SharedArrayBuffer !== "undefined" && WebWorker !== undefined && mayWait();
  if (!shares || navigator.hardwareConcurrency < 2 || positives.byteLength + seen.bytes > COPIED) return undefined;
  const done = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  let worker: Worker | undefined, buffers: { readonly users: Int32Array; readonly ids: Int32Array } | undefined;
  /** The most ids a row that were asked for since a batch was last expected. */
  let asked = 0;
  let number = 0, expected: Expected | undefined, ended = false;
  const end = () => {
    ended = true;
    worker?.terminate();
  };
  const tell = (job: DrawJob) => worker!.postMessage(job);
  const start = () => {
    worker = new WebWorker(new URL("./draw_worker.ts", import.meta.url), { type: "module" });
    worker.onerror = (event) => {
      event.preventDefault(); // this thread draws for itself then
      end();
    };
    const met = { users, items, offsets, positives };
    tell({ kind: "open", met, distinct, seed, name, done, number: number = 1 });
  };
  return {
    expect(batch, epoch) {
      const { users, first } = batch, count = asked, size = users.length * count;
      asked = 0;
      expected = undefined;
      if (ended || size < WORTH) return;
      if (!worker) return start();
      if (Atomics.load(done, 0) === 0) return; // it is still being started
      if (buffers?.ids.length !== size) buffers = { users: sharedInts(users.length), ids: sharedInts(size) };
      buffers.users.set(users);
      expected = { batch, epoch, count };
      tell({ kind: "draw", number: ++number, epoch, first, count, ...buffers });
    },
    take({ users, first }, epoch, count) {
      asked = Math.max(asked, count);
      const { batch } = expected ?? {}, isOf = batch?.users === users && batch.first === first;
      if (ended || !isOf || expected!.epoch !== epoch || expected!.count !== count) return undefined;
      for (let now = Atomics.load(done, 0); now < number; now = Atomics.load(done, 0)) {
        if (Atomics.wait(done, 0, now, SILENT_MS) !== "timed-out") continue;
        end();
        return undefined;
      }
      return buffers!.ids.slice();
    },
    dispose: end,
  };
}

const sharedInts = (length: number) => new Int32Array(new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT));

/** Whether this thread may wait for another: a browser's page may not. */
function mayWait(): boolean {
  try {
    return Atomics.wait(sharedInts(1), 0, 1, 0) === "not-equal";
  } catch {
    return false;
  }
}
