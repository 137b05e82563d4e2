// `deno task bench [EPOCHS]`: Foil beside the best vectorised PyTorch in turns on the same machine, and beside itself where
// no peer is at hand. Single numbers are noise here; ratios are what counts. Writes benchmarks/RESULTS.md.
import type { Case, Measured } from "./case.ts";
import { evaluation, methods, type Part, training } from "./cases.ts";

const SHARED = new URL("../../shared/", import.meta.url).pathname;
const PYTHON = ["/usr/bin/python3", "python3"];
const epochs = Number(Deno.args[0] ?? 5);

const median = (xs: readonly number[]) => xs.toSorted((a, b) => a - b)[Math.floor(xs.length / 2)] ?? NaN;
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const mean = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0) / xs.length;
const ratio = (a: number, b: number | undefined) => b === undefined ? "-" : (a / b).toFixed(2);

async function output(command: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(command, { args: [...args] }).output();
  if (code !== 0) throw new Error(decode(stderr).trim().split("\n").at(-1) ?? `exit code ${code}`);
  return decode(stdout);
}

async function foil(part: Part): Promise<Measured> {
  const script = new URL("foil.ts", import.meta.url).pathname;
  const one: Case = { epochs, ...part, data: `${SHARED}data/${part.data}` };
  // the native provider's package is not for everyone's lock file
  const text = await output(Deno.execPath(), ["run", "-A", "--no-lock", script, JSON.stringify(one)]);
  return JSON.parse(text.trim().split("\n").at(-1)!);
}

/** Seconds of PyTorch: an epoch, and an evaluation where the case has one. */
async function torch(python: string, { data, sampler, options, optimizer, threads, evaluates, epochs: own }: Part) {
  const pool = options?.sampler.pool,
    text = await output(python, [
      `${SHARED}peers/torch_baseline.py`,
      ...[
        "--dataset",
        data.replace("ahns-", ""),
        "--ns",
        sampler,
        "--epochs",
        `${own ?? epochs}`,
        "--threads",
        `${threads}`,
      ],
      ...["--adam", optimizer === "lazyAdam" ? "sparse" : "dense", "--eval_every", evaluates ? "1" : "0"],
      ...pool === undefined ? [] : ["--M", `${pool}`],
    ]);
  const { train, eval: evaluated } = JSON.parse(/^RESULT (.*)$/m.exec(text)![1]!);
  return { train: train.wall_median as number, evaluate: evaluated?.wall_median as number | undefined };
}

async function findTorch(): Promise<string | null> {
  for (const python of PYTHON) {
    const found = await output(python, ["-c", "import torch, scipy"]).then(() => true, () => false);
    if (found) return python;
  }
  return null;
}

const python = await findTorch();
if (!python) {
  console.error("PyTorch is missing: the columns beside it are left out (apt-get install python3-torch python3-scipy)");
}
if (!await Deno.stat(`${SHARED}data`).then(() => true, () => false)) {
  console.error(`There is nothing to measure: the datasets "${SHARED}data" are not here`);
  Deno.exit(1);
}

const text: string[] = [];
const say = (line: string) => {
  console.log(line);
  text.push(line);
};
const row = (cells: readonly (string | number)[]) => say(`| ${cells.join(" | ")} |`);
function table(title: string, header: readonly string[]): void {
  say(`\n## ${title}\n`);
  row(header);
  row(header.map(() => "---"));
}
const named = ({ backbone, sampler, loss, options, threads, evaluates }: Part) =>
  [...backbone === "mf" ? [] : [backbone], sampler, options?.sampler.pool ?? "", ...loss === "bpr" ? [] : [loss]]
    .filter(Boolean).join(" ") + (threads > 1 && !evaluates ? ", drawn ahead" : "");

table("Training, one thread beside one of PyTorch", [
  ...["data", "sampler", "optimiser", "provider", "s an epoch", "of PyTorch", "peak MiB"],
]);
for (const part of training) {
  const peer = python ? await torch(python, part) : null, { training, peakMiB } = await foil(part);
  const own = median(training);
  row([
    ...[part.data, named(part), part.optimizer, part.provider, own.toFixed(2)],
    ...[ratio(own, peer?.train), peakMiB],
  ]);
}

table(`Full ranking of the test users, ${navigator.hardwareConcurrency} threads beside as many of PyTorch`, [
  ...["data", "provider", "s", "of PyTorch", "peak MiB"],
]);
for (const part of evaluation) {
  const peer = python ? await torch(python, part) : null, { evaluating, peakMiB } = await foil(part);
  const own = median(evaluating);
  row([part.data, part.provider, own.toFixed(2), ratio(own, peer?.evaluate), peakMiB]);
}

// means, for what a method does only every few epochs counts as well
table("Other methods, beside the first on their data (WASM, one thread unless drawn ahead; means over their epochs)", [
  ...["data", "method", "s an epoch", "of the first", "peak MiB"],
]);
for (const parts of methods) {
  let first: number | undefined;
  for (const part of parts) {
    const { training, peakMiB } = await foil(part), own = mean(training);
    row([part.data, named(part), own.toFixed(2), ratio(own, first ??= own), peakMiB]);
  }
}

table("Loading, beside cutting the same text into fields", ["data", "s", "of cutting"]);
for (const data of new Set(training.map(({ data }) => data))) {
  const { loading, splitting } = await foil({ ...training[0]!, data });
  row([data, loading.toFixed(2), ratio(loading, splitting)]);
}

const commit = (await output("git", ["-C", new URL("..", import.meta.url).pathname, "rev-parse", "--short", "HEAD"]))
  .trim();
const cpu = /model name\s*:\s*(.*)/.exec(await Deno.readTextFile("/proc/cpuinfo").catch(() => ""))?.[1] ??
  "unknown CPU";
const [load] = Deno.loadavg();
await Deno.writeTextFile(
  new URL("RESULTS.md", import.meta.url),
  `# Benchmarks

\`deno task bench ${epochs}\` at ${commit}, ${
    new Date().toISOString().slice(0, 10)
  }: ${cpu}, ${navigator.hardwareConcurrency} cores (load ${
    load!.toFixed(1)
  } at the end), Deno ${Deno.version.deno}. The peer is
\`torch_baseline.py\`, vectorised PyTorch, in turns with Foil; medians of ${epochs} epochs, of 10 evaluations. \`lazyAdam\` is beside torch's
SparseAdam. Ratios below 1 are in Foil's favour; they are what counts, single numbers are noise.
${text.join("\n")}
`,
);
