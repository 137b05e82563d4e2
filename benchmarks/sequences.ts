// What a step of SASRec costs as batches, histories and negatives grow: `deno run -A benchmarks/sequences.ts`. Each case is
// a process of its own, so that its peak of memory is its own.
import { adam, interactions, losses, openRuntime, rns, sasrec, train } from "../mod.ts";

const ITEMS = 10_000, STEPS = 24, WARM = 8;
/** Rows of a batch, the items of each history, negatives a row. */
type Case = readonly [rows: number, length: number, negatives: number];
const BASE: Case = [2048, 50, 1];
const cases: Readonly<Record<string, readonly Case[]>> = {
  "rows": [1024, 2048, 4096, 8192].map((rows) => [rows, BASE[1], BASE[2]]),
  "length": [10, 25, 50, 100, 200].map((length) => [BASE[0], length, BASE[2]]),
  "negatives": [1, 16, 64, 256].map((negatives) => [BASE[0], BASE[1], negatives]),
};

/** Trains some steps on histories of one length: median milliseconds a step, peak MiB. */
async function measure([rows, length, negatives]: Case): Promise<{ readonly ms: number; readonly mib: number }> {
  const users = Math.ceil(rows * STEPS / length), count = users * (length + 1);
  const data = interactions({
    users: Int32Array.from({ length: count }, (_, at) => Math.floor(at / (length + 1))),
    items: Int32Array.from({ length: count }, (_, at) => at * 7919 % ITEMS),
    userCount: users,
    itemCount: ITEMS,
  });
  const runtime = await openRuntime({ provider: "wasm", seed: 1 }), times: number[] = [];
  let since = NaN;
  const reports = train({
    ...{ runtime, data, backbone: sasrec({ length }), sampler: rns({ negatives }), loss: losses.bce() },
    ...{ optimizer: adam(), batchSize: rows, epochs: 1, l2: 0, diagnose: false },
    onStep: () => {
      times.push(performance.now() - since);
      since = performance.now();
    },
  });
  for await (const _ of reports);
  const sorted = times.slice(WARM).sort((a, b) => a - b);
  const status = await Deno.readTextFile("/proc/self/status").catch(() => "");
  return { ms: sorted[sorted.length >> 1]!, mib: Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? NaN) / 1024 };
}

if (Deno.args.length > 0) {
  console.log(JSON.stringify(await measure(JSON.parse(Deno.args[0]!) as Case)));
} else {
  console.log("| grows | rows | length | negatives | ms a step | peak MiB |\n| --- | --- | --- | --- | --- | --- |");
  for (const [grows, some] of Object.entries(cases)) {
    for (const each of some) {
      const { stdout, success } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", import.meta.filename!, JSON.stringify(each)],
        stderr: "inherit",
      }).output();
      if (!success) throw new Error(`Cannot measure ${each.join(", ")}: its process failed`);
      const { ms, mib } = JSON.parse(new TextDecoder().decode(stdout)) as { ms: number; mib: number };
      console.log(`| ${[grows, ...each, ms.toFixed(0), mib.toFixed(0)].join(" | ")} |`);
    }
  }
}
