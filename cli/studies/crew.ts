import type { Output } from "../output.ts";
import type { Ended, FromThread, Line, ToThread } from "./crew_messages.ts";
import type { Asked } from "./execute.ts";
import type { GivenStudy } from "./study_file.ts";
import { WebWorker } from "../../runtime/web_worker.ts";

/** Threads of this process that run trials, each one at a time: the main thread stays free to talk and to listen. */
export interface Crew {
  /** Runs a trial on a thread that is free. There are never more asked for than there are threads. */
  run(given: GivenStudy, asked: Asked, signal: AbortSignal): Promise<Ended>;
  dispose(): void;
}

interface Thread {
  readonly worker: Worker;
  /** Called with what it tells. */
  on: (message: FromThread) => void;
}

/** Starts threads, as they are needed. */
export function openCrew(size: number, output: Output): Crew {
  const free: Thread[] = [], all = new Set<Thread>();
  const start = (): Thread => {
    const worker = new WebWorker(new URL("./crew_thread.ts", import.meta.url), { type: "module" });
    const thread: Thread = { worker, on: () => {} };
    worker.onmessage = ({ data }: MessageEvent<FromThread>) => thread.on(data);
    worker.onerror = (event) => {
      event.preventDefault(); // one thread that breaks does not end the others
      all.delete(thread);
      worker.terminate();
      thread.on({ ended: { kind: "failed", error: `the thread broke: ${event.message}`, unsuited: false } });
    };
    all.add(thread);
    return thread;
  };
  const told = (line: Line) => {
    if (line.kind === "result") output.result(line.record, line.text);
    else output[line.kind](line.line);
  };
  return {
    run(given, asked, signal) {
      if (signal.aborted) return Promise.resolve({ kind: "stopped" });
      const thread = free.pop() ?? start(), tell = (message: ToThread) => thread.worker.postMessage(message);
      const stop = () => tell({ kind: "stop" });
      signal.addEventListener("abort", stop, { once: true });
      return new Promise<Ended>((resolve) => {
        thread.on = (message) => {
          if ("line" in message) return told(message.line);
          signal.removeEventListener("abort", stop);
          if (all.has(thread)) free.push(thread);
          resolve(message.ended);
        };
        tell({ kind: "run", given, lanes: size, asked });
      });
    },
    dispose() {
      for (const { worker } of all) worker.terminate();
    },
  };
}
