import { serveCrew } from "../crew_thread.ts";
import type { Output } from "../output.ts";
import type { AskedOfThread, DoneByThread } from "./crew.ts";
import { executor } from "./execute.ts";
import { type GivenStudy, studyOf } from "./study_file.ts";

/** The study that was asked for last, with its data. */
let last: { readonly key: string; readonly execute: ReturnType<typeof executor> } | undefined;

function execution(given: GivenStudy, lanes: number, output: Output) {
  const key = JSON.stringify({ given, lanes });
  if (last?.key !== key) last = { key, execute: executor(studyOf(given, lanes), output) };
  return last.execute;
}

serveCrew<AskedOfThread, DoneByThread>(async ({ given, lanes, asked }, signal, output) => {
  const executed = await execution(given, lanes, output)(asked, signal);
  return executed && { folder: executed.place.folder, skipped: executed.skipped };
});
