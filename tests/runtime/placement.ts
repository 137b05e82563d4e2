// onnxruntime says no other way where nodes run: its API does not tell
import fs from "node:fs";
import { loadOrt } from "../../runtime/ort.ts";

/** What onnxruntime calls its providers. */
export const CPU = "CPUExecutionProvider", GPU = "WebGpuExecutionProvider";

/** Where onnxruntime runs the nodes of the sessions that were created. */
export interface Placement {
  /** Nodes after onnxruntime's own fusions, by provider. */
  readonly counts: Readonly<Record<string, number>>;
  /** The nodes of each, as `Op (name)`, where a session's are not all in one place: else it names none. */
  readonly named: Readonly<Record<string, readonly string[]>>;
}

/**
 * Where onnxruntime places the nodes of the sessions that `open` creates, in its own words: the verbose log of a
 * session says so, once its graph is optimised and copies between devices are part of it. In Deno its WASM logs to
 * file descriptor 2.
 */
export async function placementOf(open: () => Promise<unknown>): Promise<Placement> {
  const { InferenceSession } = await loadOrt(), { create } = InferenceSession, { writeSync } = fs;
  let log = "";
  const verbose = (bytes: Uint8Array, options: object) =>
    create.call(InferenceSession, bytes, { ...options, logSeverityLevel: 0 });
  Object.assign(InferenceSession, { create: verbose });
  Object.assign(fs, { writeSync: (_: number, text: string) => void (log += text) });
  try {
    await open();
  } finally {
    Object.assign(InferenceSession, { create });
    Object.assign(fs, { writeSync });
  }
  const said = log.split("\n").flatMap((line) => /VerifyEachNodeIsAssignedToAnEp\] +(.*)$/.exec(line)?.[1] ?? []);
  const counts: Record<string, number> = {}, named: Record<string, string[]> = {};
  let on = "";
  for (const line of said) {
    const [, provider, count] = /placed on \[(\w+)\]\. Number of nodes: (\d+)/.exec(line) ?? [];
    if (provider) counts[on = provider] = (counts[provider] ?? 0) + Number(count);
    else if (/^\w+ \(.*\)$/.test(line)) (named[on] ??= []).push(line);
  }
  return { counts, named };
}
