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
