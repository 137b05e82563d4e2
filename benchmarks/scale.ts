// What a step and its memory cost as the catalogue grows: `deno run -A benchmarks/scale.ts`; with `epoch`, a whole epoch of
// 1 million users, 1 million items and 50 million interactions, and a ranking for a sample of the users. Each case is a
// process of its own, so that its peak of memory is its own.
import process from "node:process";
import {
  ahns,
  bpr,
  catalogue,
  dns,
  fullRanking,
  lazyAdam,
  mf,
  openRuntime,
  rns,
  sampleUsers,
  skewed,
  splitByRatio,
  train,
} from "../mod.ts";

const DIM = 64, MIB = 2 ** 20;
interface Case {
  readonly users: number;
  readonly items: number;
  readonly interactions: number;
  readonly sampler: keyof typeof SAMPLERS;
  readonly batch: number;
  /** Steps before those that are timed: what is written for the first time is fetched from the system then. */
  readonly warm: number;
  /** Steps that are timed; all that are left of the epoch without it. */
  readonly timed?: number;
  /** Users that are ranked for; nothing is held out without it. */
  readonly ranked?: number;
}
interface Measured {
  /** Of the processor: other work on the machine makes a step wait, but hardly adds to this. */
  readonly ms: number;
  readonly trainSeconds: number;
  readonly rankSeconds?: number;
  readonly trainMiB: number;
  readonly mib: number;
  readonly heldMiB: number;
}
const SAMPLERS = { rns: () => rns(), dns: () => dns({ pool: 16 }), ahns: () => ahns({ pool: 16 }) };

/** Times a step: the same users, batch and width, more and more items. */
const growing = [10_000, 100_000, 1_000_000].map((items): Case => ({
  ...{ users: 100_000, items, interactions: 2_000_000, sampler: "rns", batch: 2048, warm: 500, timed: 450 },
}));
const whole: Case = {
  ...{ users: 1e6, items: 1e6, interactions: 5e7, sampler: "rns", batch: 65_536, warm: 0, ranked: 2000 },
};

async function peak(): Promise<number> {
  const status = await Deno.readTextFile("/proc/self/status").catch(() => "");
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? NaN) / 1024;
}

function log({ users, items, interactions, ranked }: Case) {
  const log = skewed({ users, items, interactions, seed: 1 });
  return ranked === undefined ? { train: log } : splitByRatio(log, { test: 0.02 }, 1);
}

async function measure(given: Case): Promise<Measured> {
  const { users, items, interactions, sampler, batch, warm, timed = Infinity, ranked } = given, data = log(given);
  const runtime = await openRuntime({ provider: "wasm", seed: 1 }), backbone = mf({ dim: DIM });
  const enough = new AbortController(), started = performance.now();
  const spent = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  let since = NaN, steps = 0;
  const reports = train({
    ...{ runtime, data: data.train, backbone, sampler: SAMPLERS[sampler](), loss: bpr(), optimizer: lazyAdam() },
    ...{ batchSize: batch, dropLast: true, epochs: 1, diagnose: false, drawAhead: false, signal: enough.signal },
    onStep: ({ step }) => {
      if (step === warm) since = spent();
      steps = step - warm;
      if (steps >= timed) enough.abort();
    },
  });
  try {
    for await (const _ of reports);
  } catch (error) {
    if (!enough.signal.aborted) throw error;
  }
  const ms = (spent() - since) / steps;
  const trainSeconds = (performance.now() - started) / 1000, trainMiB = await peak();
  const measured = {
    ms,
    heldMiB: ((users + items) * DIM * 3 * 4 + interactions * 2 * 4) / MIB,
    ...{ trainSeconds, trainMiB },
  };
  if (ranked === undefined || !data.test) return { ...measured, mib: await peak() };
  const ranking = await fullRanking(runtime, backbone, catalogue(data.train), sampleUsers(data.test, ranked, 1), {
    metrics: ["ndcg@20"],
    memory: 64 * MIB,
  });
  const from = performance.now();
  await ranking.evaluate();
  return { ...measured, rankSeconds: (performance.now() - from) / 1000, mib: await peak() };
}

const line = (cells: readonly string[]) => console.log(`| ${cells.join(" | ")} |`);
const thousands = (count: number) => count.toLocaleString("en");

async function apart(one: Case): Promise<Measured> {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", import.meta.filename!, JSON.stringify(one)],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot measure ${JSON.stringify(one)}: its process failed`);
  return JSON.parse(new TextDecoder().decode(stdout)) as Measured;
}

/** Rounds of the cases in turns: the fastest of each counts, since others' work on the machine only ever adds. */
const ROUNDS = 3;

async function printGrowing(sampler: Case["sampler"]) {
  const cases = growing.map((one) => ({ ...one, sampler })), found = cases.map((): Measured[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, one] of cases.entries()) found[at]!.push(await apart(one));
  }
  const least = (of: readonly Measured[], what: "ms" | "mib") => Math.min(...of.map((one) => one[what]));
  cases.forEach(({ items }, at) => {
    const ms = least(found[at]!, "ms"), mib = least(found[at]!, "mib"), { heldMiB } = found[at]![0]!;
    const ratio = ms / least(found[0]!, "ms");
    line([sampler, thousands(items), ms.toFixed(2), ratio.toFixed(2), mib.toFixed(0), heldMiB.toFixed(0)]);
  });
}

async function printWhole() {
  const { users, items, interactions, batch, ranked } = whole, found = await apart(whole);
  const { ms, trainSeconds, rankSeconds = NaN, trainMiB, mib, heldMiB } = found;
  const cells = {
    "users": thousands(users),
    "items": thousands(items),
    "interactions": thousands(interactions),
    "batch": thousands(batch),
    "ms a step": ms.toFixed(0),
    "training, s": trainSeconds.toFixed(0),
    "peak MiB in training": trainMiB.toFixed(0),
    "tables, states, interactions, MiB": heldMiB.toFixed(0),
    "ratio": (trainMiB / heldMiB).toFixed(2),
    [`ranking for ${thousands(ranked!)} users, s`]: rankSeconds.toFixed(0),
    "peak MiB with it": mib.toFixed(0),
  };
  line(Object.keys(cells));
  line(Object.keys(cells).map(() => "---"));
  line(Object.values(cells));
}

const [asked, ...samplers] = Deno.args;
if (asked?.startsWith("{")) console.log(JSON.stringify(await measure(JSON.parse(asked) as Case)));
else if (asked === "epoch") await printWhole();
else {
  line(["sampler", "items", "ms a step", "to 10 thousand", "peak MiB", "tables, states, interactions, MiB"]);
  line(["---", "---", "---", "---", "---", "---"]);
  const named = [asked, ...samplers].filter((name): name is Case["sampler"] => name !== undefined && name in SAMPLERS);
  for (const sampler of named.length > 0 ? named : ["rns"] as const) await printGrowing(sampler);
}
