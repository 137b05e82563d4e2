/** Deno's, as Node has it; browsers have none. */
const { setImmediate } = globalThis as { readonly setImmediate?: (then: () => void) => unknown };

/**
 * One turn of the event loop; a timer would take milliseconds. A message would, in Deno, keep timers waiting for as long as
 * another follows it: none ran while a model was trained, AbortSignal.timeout included.
 */
export function turn(): Promise<void> {
  if (setImmediate) return new Promise((resolve) => void setImmediate(resolve));
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
