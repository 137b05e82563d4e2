/** Where Debian's packages put it, the one without windows first. */
const places = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];
const installed = places.filter((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});
export const hasChromium: boolean = installed.length > 0;

/** A page in a headless Chromium, by the DevTools protocol. */
export interface Page {
  /** The value of an expression in the page, awaited where it is a promise. */
  evaluate<T>(expression: string): Promise<T>;
  /** Gives a file to the input that a selector finds. */
  choose(selector: string, file: string): Promise<void>;
  /** All that the page and its workers asked for, and what went wrong in them. */
  readonly requests: readonly string[];
  readonly errors: readonly string[];
}

// deno-lint-ignore no-explicit-any -- messages of the protocol, of which a test reads what it knows
type Json = any;

/** Opens a page for as long as `use` takes. */
export async function withPage(url: string, use: (page: Page) => Promise<void>): Promise<void> {
  const profile = await Deno.makeTempDir({ prefix: "foil-chromium" });
  const child = new Deno.Command(installed[0]!, {
    args: [
      ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
      ...["--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"],
      ...[`--user-data-dir=${profile}`, "--remote-debugging-port=0", "about:blank"],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  try {
    const socket = new WebSocket(await addressIn(child.stderr));
    await new Promise((resolve, reject) => Object.assign(socket, { onopen: resolve, onerror: reject }));
    const waiting = new Map<number, { resolve: (value: Json) => void; reject: (error: Error) => void }>();
    const requests: string[] = [], errors: string[] = [];
    let last = 0;
    const call = (method: string, params: Json = {}, sessionId?: string): Promise<Json> =>
      new Promise((resolve, reject) => {
        waiting.set(++last, { resolve, reject });
        socket.send(JSON.stringify({ id: last, method, params, sessionId }));
      });
    /** Watches a page or worker from its beginning. */
    const watch = async (sessionId: string) => {
      const attach = { autoAttach: true, waitForDebuggerOnStart: true, flatten: true };
      await Promise.all([
        ...["Network.enable", "Runtime.enable"].map((method) => call(method, {}, sessionId)),
        call("Target.setAutoAttach", attach, sessionId),
        call("Runtime.runIfWaitingForDebugger", {}, sessionId),
      ]);
    };
    socket.onmessage = ({ data }) => {
      const { id, result, error, method, params } = JSON.parse(data) as Json;
      if (error) waiting.get(id)?.reject(new Error(error.message));
      else if (id !== undefined) waiting.get(id)?.resolve(result);
      else if (method === "Target.attachedToTarget") void watch(params.sessionId);
      else if (method === "Network.requestWillBeSent") requests.push(params.request.url);
      else if (method === "Runtime.exceptionThrown") errors.push(JSON.stringify(params.exceptionDetails));
    };
    const { targetId } = await call("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await call("Target.attachToTarget", { targetId, flatten: true });
    await watch(sessionId);
    const evaluate = async <T>(expression: string): Promise<T> => {
      const { result, exceptionDetails } = await call(
        "Runtime.evaluate",
        { expression, awaitPromise: true, returnByValue: true },
        sessionId,
      );
      if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
      return result.value;
    };
    await call("Page.enable", {}, sessionId);
    await call("Page.navigate", { url }, sessionId);
    await evaluate(
      'new Promise((done) => document.readyState === "complete" ? done() : addEventListener("load", done))',
    );
    await use({
      evaluate,
      requests,
      errors,
      async choose(selector, file) {
        const { root } = await call("DOM.getDocument", {}, sessionId);
        const { nodeId } = await call("DOM.querySelector", { nodeId: root.nodeId, selector }, sessionId);
        await call("DOM.setFileInputFiles", { files: [file], nodeId }, sessionId);
      },
    });
    socket.close();
  } finally {
    child.kill("SIGKILL");
    await child.status;
    await Deno.remove(profile, { recursive: true }).catch(() => {}); // its helpers may still be leaving
  }
}

/** Where Chromium says that it listens; what else it says is read and dropped. */
async function addressIn(stderr: ReadableStream<Uint8Array>): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  void (async () => {
    let heard = "";
    for await (const piece of stderr) {
      heard += new TextDecoder().decode(piece);
      const [, address] = /DevTools listening on (ws:\S+)/.exec(heard) ?? [];
      if (address) resolve(address);
    }
    reject(new Error(`Chromium ended: ${heard}`));
  })();
  return await promise;
}
