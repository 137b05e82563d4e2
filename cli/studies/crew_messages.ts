import type { Asked } from "./execute.ts";
import type { GivenStudy } from "./study_file.ts";

/** What a thread is told. */
export type ToThread =
  | { readonly kind: "run"; readonly given: GivenStudy; readonly lanes: number; readonly asked: Asked }
  | { readonly kind: "stop" };

/** What a thread tells: any number of lines, then how the trial ended. */
export type FromThread = { readonly line: Line } | { readonly ended: Ended };

export type Line =
  | { readonly kind: "say" | "progress"; readonly line: string }
  | { readonly kind: "result"; readonly record: Readonly<Record<string, unknown>>; readonly text: string | null };

export type Ended =
  | { readonly kind: "done"; readonly folder: string; readonly skipped: boolean }
  /** Another process is at it. */
  | { readonly kind: "busy" }
  | { readonly kind: "stopped" }
  /** `unsuited`: not the trial is at fault, but this machine. */
  | { readonly kind: "failed"; readonly error: string; readonly unsuited: boolean };
