import process from "node:process";
import { styleText } from "node:util";
import { DiskError } from "./disk_error.ts";

/** How a command talks: results to stdout, everything else to stderr, so that `--json` can be piped. */
export interface Output {
  /** A sentence for people. */
  say(line: string): void;
  /** A result: a JSON line under `--json`, else text for people; null where it is for programs alone. */
  result(record: Readonly<Record<string, unknown>>, text: string | null): void;
  /** What is under way, on one line that is drawn again; nothing where stderr is no terminal. */
  progress(line: string): void;
}

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

/** A line under way is drawn again at most so often. */
const REDRAW_MS = 100;
/** Columns assumed where a terminal does not say: some report 0. */
const COLUMNS = 80;

/** Whether the last line of stderr is one that is drawn again. */
let drawn = false;
const closed = new Set<unknown>();

function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length && !closed.has(stream);) at += stream.writeSync(bytes.subarray(at));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw new DiskError("write to stdout or stderr", error);
    closed.add(stream); // `| head` has read enough; the work goes on
  }
}

/** Takes away what is drawn of what is under way: what is told next has a line of its own. */
export function clearProgress(): void {
  if (drawn) write(Deno.stderr, "\r\x1b[K");
  drawn = false;
}

export function openOutput({ json, quiet }: OutputOptions): Output {
  const terminal = Deno.stderr.isTerminal() && !quiet;
  let drawnAt = -Infinity;
  return {
    say(line) {
      clearProgress();
      if (!quiet) write(Deno.stderr, `${line}\n`);
    },
    result(record, text) {
      clearProgress();
      if (json) write(Deno.stdout, `${JSON.stringify(record)}\n`);
      else if (!quiet && text !== null) write(Deno.stdout, `${text}\n`);
    },
    progress(line) {
      if (!terminal || performance.now() - drawnAt < REDRAW_MS) return;
      drawnAt = performance.now();
      write(Deno.stderr, `\r\x1b[K${line.slice(0, width() - 1)}`);
      drawn = true;
    },
  };
}

function width(): number {
  try {
    return Deno.consoleSize().columns || COLUMNS;
  } catch {
    return COLUMNS;
  }
}

/** Bold where the terminal shows it; plain otherwise, and under NO_COLOR. */
export const bold = (text: string): string => styleText("bold", text, { stream: process.stdout });

/** Cells of a bar. */
const CELLS = 20;
/** A bar, `share` of it full. */
export function bar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * CELLS);
  return "█".repeat(full) + "░".repeat(CELLS - full);
}

/** Seconds as people read them: 42s, 3m07s, 2h05m. */
export function duration(seconds: number): string {
  const s = Math.round(seconds);
  if (s < 60) return `${s}s`;
  const pad = (n: number) => String(n).padStart(2, "0");
  return s < 3600
    ? `${Math.floor(s / 60)}m${pad(s % 60)}s`
    : `${Math.floor(s / 3600)}h${pad(Math.floor(s % 3600 / 60))}m`;
}
