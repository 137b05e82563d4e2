import { flag, integer, real, text, type Values } from "../options/option.ts";
import { foldInOptions } from "./answers.ts";
import { openOutput } from "./output.ts";
import { runFiles } from "./run_files.ts";
import { crossOrigin } from "./serving/cross_origin.ts";
import { type Handler, handler } from "./serving/handler.ts";
import { openReloading } from "./serving/reloading.ts";
import { loadServed } from "./serving/served_model.ts";
import { outputOptions } from "./train_options.ts";

export const serveOptions = {
  run: text(null, "folder of a run of `train`"),
  host: text("127.0.0.1", "address to listen at; the default is reached from this machine only"),
  port: integer(8000, "port to listen at; 0 is any that is free", { min: 0, max: 65535 }),
  allowOrigin: text(null, "origin whose pages may ask from browsers, as https://shop.example; * is any"),
  index: flag(false, "find items by the index that `index` built, not by scoring all"),
  ...foldInOptions,
  maxTop: integer(100, "items in an answer, at most", { min: 1 }),
  maxItems: integer(1000, "items that somebody new has met, or in another list of a request, at most", { min: 1 }),
  maxBody: integer(65536, "bytes of a request's body, at most", { min: 1 }),
  maxUrl: integer(8192, "characters of a request's URL, at most", { min: 64 }),
  maxRequests: integer(256, "requests under way, at most; others are told to come again", { min: 1 }),
  timeout: real(10, "seconds until a request is answered, at most", { min: 0.01 }),
  grace: real(10, "seconds that requests under way have to end once it is told to stop", { min: 0 }),
  watch: real(2, "seconds between looks for a new model in --run; 0 is never", { min: 0 }),
  ...outputOptions,
} as const;

/** Milliseconds that answers have to be sent. */
const FLUSHED = 1000;

/** Milliseconds in which what was sent before, and is not read yet, is told that the service stops: shutting down drops it. */
const READ = 100;

/** Addresses that only this machine reaches. */
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

/** `serve`: answers over HTTP until it is told to stop, by a signal of the system or by `stopped`. */
export async function serveCommand(values: Values<typeof serveOptions>, stopped: AbortSignal): Promise<number> {
  const output = openOutput(values), { run, host, port, index, c0, decay, allowOrigin } = values;
  if (run === null) throw new TypeError("Cannot serve: --run says which folder holds the trained model");
  const allowed = (answer: Handler["answer"]) => allowOrigin === null ? answer : crossOrigin(allowOrigin, answer);
  const reloading = await openReloading(
    () => loadServed({ run, index, c0, decay }),
    () => signatureOf(run),
    (line) => output.say(line),
  );
  const limits = { ...values, timeout: values.timeout * 1000 };
  const { answer, drain } = handler(reloading.now, limits);
  const server = listen(host!, port, allowed(answer));
  const { hostname } = server.addr,
    url = `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${server.addr.port}`;
  output.result({ event: "listening", url }, `listening at ${url}`);
  if (!LOOPBACK.test(host!)) output.say(`whoever reaches ${host} can ask: there is no authentication`);

  const over = Promise.withResolvers<void>();
  const watching = values.watch > 0 ? setInterval(() => void reloading.look(), values.watch * 1000) : undefined;
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    clearInterval(watching);
    output.say("stopping: requests under way are answered");
    const impatient = setTimeout(() => {
      output.say(`stopped after ${values.grace} s, whatever is still under way`);
      over.resolve();
    }, values.grace * 1000);
    // shutting down ends bodies that are being read, so it waits for them; whoever never ends a body is not waited for
    void drain().then(() => {
      clearTimeout(impatient);
      return new Promise((read) => setTimeout(read, READ));
    }).then(() => {
      setTimeout(over.resolve, FLUSHED);
      return server.shutdown();
    }).then(over.resolve);
  };
  const reload = () => void reloading.reload(), unheard = onSignals({ SIGTERM: stop, SIGHUP: reload });
  stopped.addEventListener("abort", stop, { once: true });
  if (stopped.aborted) stop();
  await over.promise; // connections that are left end with the process
  clearInterval(watching);
  unheard();
  return 0;
}

function listen(
  hostname: string,
  port: number,
  answer: (request: Request) => Promise<Response>,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({ hostname, port, onListen: () => {} }, answer);
  } catch (error) {
    throw new Error(`Cannot listen at ${hostname}:${port}: ${(error as Error).message}`, { cause: error });
  }
}

/** Listens to signals that the system knows. @returns what listens no more. */
function onSignals(handlers: Readonly<Partial<Record<Deno.Signal, () => void>>>): () => void {
  const known = Object.entries(handlers).filter(([name]) => Deno.build.os !== "windows" || name === "SIGHUP");
  for (const [name, on] of known) Deno.addSignalListener(name as Deno.Signal, on);
  return () => {
    for (const [name, on] of known) Deno.removeSignalListener(name as Deno.Signal, on);
  };
}

/** Which files a model is read from; of the ids no word, which `train` writes before it has a model. */
async function signatureOf(run: string): Promise<string> {
  const paths = [runFiles.weights, runFiles.model, runFiles.indexFacts].map((name) => `${run}/${name}`);
  const found = await Promise.all(paths.map((path) => Deno.stat(path).catch(() => null)));
  return found.map((file) => file && `${file.dev} ${file.ino} ${file.size} ${file.mtime?.getTime()}`).join("\n");
}
