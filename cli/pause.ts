/** Waits. @throws the signal's reason, as soon as it is there. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    if (signal?.aborted) return reject(signal.reason);
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** Whether something ends within so many milliseconds: it is waited for no longer. */
export async function within(ms: number, ending: Promise<unknown>): Promise<boolean> {
  const enough = new AbortController();
  const late = pause(ms, enough.signal).then(() => false, () => true);
  try {
    return await Promise.race([ending.then(() => true), late]);
  } finally {
    enough.abort();
  }
}
