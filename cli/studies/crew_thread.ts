/// <reference lib="deno.worker" />
import type { Output } from "../output.ts";
import type { Ended, FromThread, ToThread } from "./crew_messages.ts";
import { executor, UnsuitedError } from "./execute.ts";
import { type GivenStudy, studyOf } from "./study_file.ts";

// A thread that runs trials, one at a time.
const tell = (message: FromThread) => self.postMessage(message);
const output: Output = {
  say: (line) => tell({ line: { kind: "say", line } }),
  result: (record, text) => tell({ line: { kind: "result", record, text } }),
  progress: (line) => tell({ line: { kind: "progress", line } }),
};

let stopping = new AbortController();
/** The study that was asked for last, with its data. */
let last: { readonly key: string; readonly execute: ReturnType<typeof executor> } | undefined;

function execution(given: GivenStudy, lanes: number) {
  const key = JSON.stringify({ given, lanes });
  if (last?.key !== key) last = { key, execute: executor(studyOf(given, lanes), output) };
  return last.execute;
}

async function run({ given, lanes, asked }: Extract<ToThread, { kind: "run" }>): Promise<Ended> {
  stopping = new AbortController();
  try {
    const executed = await execution(given, lanes)(asked, stopping.signal);
    return executed ? { kind: "done", folder: executed.place.folder, skipped: executed.skipped } : { kind: "busy" };
  } catch (error) {
    if (stopping.signal.aborted) return { kind: "stopped" };
    return { kind: "failed", error: (error as Error).message, unsuited: error instanceof UnsuitedError };
  }
}

self.onmessage = async ({ data }: MessageEvent<ToThread>) => {
  if (data.kind === "stop") stopping.abort(new Error("stopped"));
  else tell({ ended: await run(data) });
};
