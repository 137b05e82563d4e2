/**
 * Runs a command and stops it, as Ctrl-C does, as soon as what is looked at is so: what throws is not there yet. Returns
 * its exit code.
 */
export async function stoppedWhen(isSo: () => boolean, run: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const stop = new AbortController();
  const watch = setInterval(() => {
    try {
      if (isSo()) stop.abort(new Error("stop"));
    } catch { /* not there yet */ }
  }, 1);
  try {
    return await run(stop.signal);
  } finally {
    clearInterval(watch);
  }
}

/** Whether a run in a folder has a checkpoint; the disk is full from then on for the next. */
export function fullAfterFirst(folder: string): boolean {
  const checkpoint = `${folder}/checkpoint.safetensors`, found = Deno.statSync(checkpoint).isFile;
  Deno.symlinkSync("/dev/full", `${checkpoint}.tmp`); // of one that is just written: not there yet
  return found;
}
