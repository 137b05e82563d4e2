import { autoProvider } from "../runtime/auto_provider.ts";
import type { ProviderChoice } from "../runtime/providers.ts";
import { WebWorker } from "../runtime/web_worker.ts";
import type { Ended, FromThread, Line, ToThread } from "./crew_messages.ts";
import { pause } from "./pause.ts";
import type { Output } from "./output.ts";
import { UnsuitedError } from "./unsuited_error.ts";

/**
 * Threads of this process that run a program, each what it is asked for, one thing at a time: the main thread stays free to
 * talk and to listen.
 */
export interface Crew<Asked, Found> {
  /** Has a thread that is free, or a new one, do something for which it may open this provider. */
  run(asked: Asked, provider: ProviderChoice, signal: AbortSignal): Promise<Ended<Found>>;
  dispose(): Promise<void>;
}

interface Thread<Found> {
  readonly worker: Worker;
  /** Called with what it tells. */
  on: (message: FromThread<Found>) => void;
}

/** Milliseconds in which a thread that is told to end, ends: Deno does not say when it has. */
const ENDING = 500;

/** Starts threads of a program that calls `serveCrew`, as they are needed. */
export function openCrew<Asked, Found>(program: URL, output: Output): Crew<Asked, Found> {
  const free = new Set<Thread<Found>>(), all = new Set<Thread<Found>>();
  let auto: ReturnType<typeof autoProvider> | undefined;
  const start = (): Thread<Found> => {
    const worker = new WebWorker(program, { type: "module" });
    const thread: Thread<Found> = { worker, on: () => {} };
    worker.onmessage = ({ data }: MessageEvent<FromThread<Found>>) => thread.on(data);
    worker.onerror = (event) => {
      event.preventDefault(); // one thread that breaks does not end the others
      for (const threads of [free, all]) threads.delete(thread);
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
    async run(asked, provider, signal) {
      const found = provider === "auto" ? await (auto ??= autoProvider()) : undefined;
      if (signal.aborted) return { kind: "stopped" };
      const [thread = start()] = free, tell = (message: ToThread<Asked>) => thread.worker.postMessage(message);
      free.delete(thread);
      const stop = () => tell({ kind: "stop" });
      signal.addEventListener("abort", stop, { once: true });
      return await new Promise((resolve) => {
        thread.on = (message) => {
          if ("line" in message) return told(message.line);
          signal.removeEventListener("abort", stop);
          if (all.has(thread)) free.add(thread);
          resolve(message.ended);
        };
        tell({ kind: "run", asked, ...found && { auto: found } });
      });
    },
    async dispose() {
      for (const { worker } of all) worker.terminate();
      if (all.size > 0) await pause(ENDING); // a GPU's driver that a thread holds breaks a process that ends before it
    },
  };
}

/** What a thread found. @throws the signal's reason where it was stopped; what was wrong, an UnsuitedError where it may be. */
export function foundBy<Found>(ended: Ended<Found>, signal: AbortSignal): Found {
  if (ended.kind === "done") return ended.found;
  if (ended.kind === "stopped") throw signal.reason;
  throw ended.unsuited ? new UnsuitedError(ended.error) : new Error(ended.error);
}
