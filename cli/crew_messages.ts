import type { AutoProvider } from "../runtime/auto_provider.ts";

/** What a thread is told. `auto`: what that provider is, where it may be asked for. */
export type ToThread<Asked> =
  | { readonly kind: "run"; readonly asked: Asked; readonly auto?: AutoProvider }
  | { readonly kind: "stop" };

/** What a thread tells: any number of lines, then how what it was asked for ended. */
export type FromThread<Found> = { readonly line: Line } | { readonly ended: Ended<Found> };

export type Line =
  | { readonly kind: "say" | "progress"; readonly line: string }
  | { readonly kind: "result"; readonly record: Readonly<Record<string, unknown>>; readonly text: string | null };

export type Ended<Found> =
  | { readonly kind: "done"; readonly found: Found }
  | { readonly kind: "stopped" }
  /** `unsuited`: not what was asked for is at fault, but this machine. */
  | { readonly kind: "failed"; readonly error: string; readonly unsuited: boolean };
