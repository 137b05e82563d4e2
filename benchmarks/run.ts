// `deno task bench`: Foil beside the best vectorised PyTorch, one thread each, in turns on the same machine. Single
// numbers are noise here; the ratios are what counts. Writes benchmarks/RESULTS.md.
const SHARED = new URL("../../shared/", import.meta.url).pathname;
const PYTHON = ["/usr/bin/python3", "python3"];

interface Measured {
  readonly train: number;
  readonly evaluate: number;
  readonly peakMiB?: number;
}
interface Case {
  readonly data: string;
  readonly sampler: "rns" | "dns" | "ahns";
  readonly options: Readonly<Record<string, number>>;
  readonly optimizer: "adam" | "lazyAdam";
  readonly provider: "wasm" | "native";
}

const SETTINGS = {
  tool: { alpha: 1, beta: 0.1, pool: 32 },
  sport: { alpha: 0.5, beta: 0.1, pool: 32 },
  ml: { alpha: 0.1, beta: 0.4, pool: 16 },
} as const;
const dense = (provider: Case["provider"]) =>
  Object.entries(SETTINGS).map(([data, options]): Case => ({
    ...{ data, sampler: "ahns", options, optimizer: "adam", provider },
  }));
const CASES: readonly Case[] = [
  ...dense("wasm"),
  { data: "sport", sampler: "ahns", options: SETTINGS.sport, optimizer: "lazyAdam", provider: "wasm" },
  { data: "ml", sampler: "rns", options: {}, optimizer: "adam", provider: "wasm" },
  { data: "ml", sampler: "dns", options: { pool: 16 }, optimizer: "adam", provider: "wasm" },
  ...dense("native"),
];

const epochs = Number(Deno.args[0] ?? 5);
const median = (xs: readonly number[]) => xs.toSorted((a, b) => a - b)[Math.floor(xs.length / 2)] ?? NaN;
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

async function output(command: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(command, { args: [...args] }).output();
  if (code !== 0) throw new Error(decode(stderr).trim().split("\n").at(-1) ?? `exit code ${code}`);
  return decode(stdout);
}

async function foil({ data, sampler, options, optimizer, provider }: Case): Promise<Measured> {
  const script = new URL("foil.ts", import.meta.url).pathname;
  const args = [
    "run",
    "-A",
    "--no-lock", // the native provider's package is not for everyone's lock file
    script,
    `${SHARED}data/ahns-${data}`,
    sampler,
    JSON.stringify(options),
    `${epochs}`,
    optimizer,
    provider,
  ];
  const { training, evaluating, peakMiB } = JSON.parse(
    (await output(Deno.execPath(), args)).trim().split("\n").at(-1)!,
  );
  return { train: median(training), evaluate: median(evaluating), peakMiB };
}

async function torch(python: string, { data, sampler, options, optimizer }: Case): Promise<Measured> {
  const adam = optimizer === "lazyAdam" ? "sparse" : "dense";
  const pool = options.pool === undefined ? [] : ["--M", `${options.pool}`];
  const text = await output(python, [
    `${SHARED}peers/torch_baseline.py`,
    ...[
      "--dataset",
      data,
      "--ns",
      sampler,
      "--epochs",
      `${epochs}`,
      "--threads",
      "1",
      "--adam",
      adam,
      "--eval_every",
      "1",
    ],
    ...pool,
  ]);
  const result = JSON.parse(/^RESULT (.*)$/m.exec(text)![1]!);
  return { train: result.train.wall_median, evaluate: result.eval.wall_median };
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
  console.error("PyTorch is missing: its columns are left out (apt-get install python3-torch python3-scipy)");
}
if (!await Deno.stat(`${SHARED}data`).then(() => true, () => false)) {
  console.error(`There is nothing to measure: the datasets "${SHARED}data" are not here`);
  Deno.exit(1);
}

const header = [
  "data",
  "sampler",
  "optimiser",
  "provider",
  "train, s an epoch",
  "of torch",
  "evaluation, s",
  "of torch",
  "peak MiB",
];
const rows: string[][] = [];
const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
console.log(line(header));
for (const one of CASES) {
  const peer = python ? await torch(python, one) : null;
  const own = await foil(one);
  const ratio = (a: number, b: number | undefined) => b === undefined ? "-" : (a / b).toFixed(2);
  const pool = one.options.pool ? ` ${one.options.pool}` : "";
  rows.push([
    `ahns-${one.data}`,
    one.sampler + pool,
    one.optimizer,
    one.provider,
    own.train.toFixed(2),
    ratio(own.train, peer?.train),
    own.evaluate.toFixed(2),
    ratio(own.evaluate, peer?.evaluate),
    `${own.peakMiB}`,
  ]);
  console.log(line(rows.at(-1)!));
}

const commit = (await output("git", ["-C", new URL("..", import.meta.url).pathname, "rev-parse", "--short", "HEAD"]))
  .trim();
const cpu = /model name\s*:\s*(.*)/.exec(await Deno.readTextFile("/proc/cpuinfo").catch(() => ""))?.[1] ??
  "unknown CPU";
await Deno.writeTextFile(
  new URL("RESULTS.md", import.meta.url),
  `# Benchmarks

\`deno task bench ${epochs}\` at ${commit}, ${
    new Date().toISOString().slice(0, 10)
  }: ${cpu}, ${navigator.hardwareConcurrency} cores, Deno
${Deno.version.deno}. Foil with one thread beside \`torch_baseline.py\` (vectorised PyTorch, one thread), in turns; medians of ${epochs}
epochs, each followed by a full ranking of the test users. \`lazyAdam\` is beside torch's SparseAdam. Ratios below 1 are in Foil's
favour; they are what counts, single numbers are noise.

${line(header)}
${line(header.map(() => "---"))}
${rows.map(line).join("\n")}
`,
);
