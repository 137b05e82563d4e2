/**
 * How fast `serve` answers: `deno run -A benchmarks/serve.ts RUN [seconds] [clients,...] [flags of serve]`. Starts a service
 * of the run folder on loopback, and clients that each ask again as soon as they have an answer, for users (and lists, and
 * items) evenly chosen. Prints a row of a table for each path and number of clients; a request that fails ends it.
 */
import { learnt } from "../cli/learnt.ts";
import { openRun } from "../cli/opened_run.ts";

const [run, seconds = "5", counts = "1,8,32", ...flags] = Deno.args;
if (run === undefined) throw new TypeError("Cannot measure: the first argument is the folder of a run");

interface Measured {
  readonly path: string;
  readonly clients: number;
  /** Milliseconds of each request. */
  readonly times: readonly number[];
  readonly seconds: number;
}

const cli = new URL("../cli.ts", import.meta.url).pathname;
const child = new Deno.Command(Deno.execPath(), {
  args: ["run", "-A", "--no-lock", cli, "serve", "--run", run, "--port", "0", "--json", "--watch", "0", ...flags],
  stdout: "piped",
  stderr: "inherit",
}).spawn();
const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
const { value: first } = await lines.read();
if (first === undefined) throw new Error("the service did not start");
const { url } = JSON.parse(first) as { readonly url: string };
const opened = await openRun(run), knows = learnt(opened), { items } = opened.ids;
const users = opened.ids.users.filter((_, user) => knows(user)); // others are refused

/** The at-th of some ids, evenly chosen. */
const every = (names: readonly string[], at: number): string => encodeURIComponent(names[(at * 7919) % names.length]!);
const paths: Readonly<Record<string, (at: number) => string>> = {
  "/recommend?user": (at) => `/recommend?n=20&user=${every(users, at)}`,
  "/recommend?items, 5 items": (at) =>
    `/recommend?n=20&items=${[1, 2, 3, 4, 5].map((more) => every(items, 5 * at + more)).join(",")}`,
  "/similar?item": (at) => `/similar?n=20&item=${every(items, at)}`,
};

async function measure(path: string, clients: number): Promise<Measured> {
  const times: number[] = [], started = performance.now(), end = started + Number(seconds) * 1000;
  let at = 0;
  await Promise.all(Array.from({ length: clients }, async () => {
    while (performance.now() < end) {
      const asked = performance.now(),
        response = await fetch(`${url}${paths[path]!(at++)}`),
        body = await response.text();
      if (response.status !== 200) throw new Error(`${response.status}: ${body}`);
      times.push(performance.now() - asked);
    }
  }));
  return { path, clients, times: times.sort((a, b) => a - b), seconds: (performance.now() - started) / 1000 };
}

try {
  console.log(`| Path | Clients | Requests/s | p50 ms | p95 ms | p99 ms | Requests |\n| - | - | - | - | - | - | - |`);
  for (const path of Object.keys(paths)) {
    await measure(path, 1); // warms up
    for (const clients of counts.split(",").map(Number)) {
      const { times, seconds } = await measure(path, clients);
      const at = (share: number) => times[Math.min(times.length - 1, Math.floor(share * times.length))]!.toFixed(1);
      const cells = [path, clients, Math.round(times.length / seconds), at(0.5), at(0.95), at(0.99), times.length];
      console.log(`| ${cells.join(" | ")} |`);
    }
  }
} finally {
  child.kill("SIGTERM");
  await child.status;
}
