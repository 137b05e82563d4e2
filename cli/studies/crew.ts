import { type Crew, openCrew } from "../crew.ts";
import type { Output } from "../output.ts";
import type { Asked } from "./execute.ts";
import type { GivenStudy } from "./study_file.ts";

/** What a thread is asked for: a trial of a study, beside which there are others, so many with it. */
export interface AskedOfThread {
  readonly given: GivenStudy;
  readonly lanes: number;
  readonly asked: Asked;
}

/** Where a trial lies that is done; undefined where another process is at it. */
export type DoneByThread = { readonly folder: string; readonly skipped: boolean } | undefined;

/** Threads that run trials of studies. */
export const openStudyCrew = (output: Output): Crew<AskedOfThread, DoneByThread> =>
  openCrew(new URL("./crew_thread.ts", import.meta.url), output);
