/// <reference lib="deno.worker" />
import { settleAuto } from "../runtime/auto_provider.ts";
import type { Ended, FromThread, ToThread } from "./crew_messages.ts";
import { DiskError } from "./disk_error.ts";
import type { Output } from "./output.ts";
import { UnsuitedError } from "./unsuited_error.ts";

/** Makes this thread one of a crew: it acts on what it is asked for, one thing at a time, and tells how that ended. */
export function serveCrew<Asked, Found>(
  act: (asked: Asked, signal: AbortSignal, output: Output) => Promise<Found>,
): void {
  const tell = (message: FromThread<Found>) => self.postMessage(message);
  const output: Output = {
    say: (line) => tell({ line: { kind: "say", line } }),
    result: (record, text) => tell({ line: { kind: "result", record, text } }),
    progress: (line) => tell({ line: { kind: "progress", line } }),
  };
  let stopping = new AbortController();
  const run = async (asked: Asked): Promise<Ended<Found>> => {
    stopping = new AbortController();
    try {
      return { kind: "done", found: await act(asked, stopping.signal, output) };
    } catch (error) {
      if (stopping.signal.aborted && !(error instanceof DiskError)) return { kind: "stopped" };
      return { kind: "failed", error: (error as Error).message, unsuited: error instanceof UnsuitedError };
    }
  };
  self.onmessage = async ({ data }: MessageEvent<ToThread<Asked>>) => {
    if (data.kind === "stop") return stopping.abort(new Error("stopped"));
    if (data.auto) settleAuto(data.auto);
    tell({ ended: await run(data.asked) });
  };
}
