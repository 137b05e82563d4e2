import { synthetic } from "../../../datasets/synthetic.ts";
import { writeAdjacency } from "../../../datasets/write.ts";
import { run } from "../../../cli/program.ts";
import { inFolder, jsonLines } from "../foil.ts";

/** Two small datasets in a folder, and a study of both: five trials. */
export interface SmallStudy {
  readonly folder: string;
  /** Writes the study's file, with other keys. */
  readonly write: (given?: Readonly<Record<string, unknown>>) => Promise<string>;
}

/** Uses a small study in a temporary folder. Its trials lie in `runs/` there. */
export const withSmallStudy = (use: (study: SmallStudy) => Promise<void>): Promise<void> =>
  inFolder(async (folder) => {
    for (const [name, seed] of [["one", 3], ["two", 4]] as const) {
      const data = synthetic({ users: 60, items: 90, median: 20, seed });
      await Deno.mkdir(`${folder}/${name}`);
      for (const part of ["train", "test"] as const) {
        await Deno.writeTextFile(`${folder}/${name}/${part}.txt`, writeAdjacency(data[part]!, data));
      }
    }
    const study = {
      data: [`${folder}/one`, { label: "other", data: `${folder}/two`, seeds: [5], samplers: "rns" }],
      out: `${folder}/runs`,
      ...{ backbone: "mf:dim=4", samplers: ["rns", "dns:pool=4"], seeds: 2, metrics: "ndcg@20", baselines: "none" },
      // native: a thread or process that runs little is not to compile onnxruntime-web first
      ...{ provider: "native", threads: 1, lr: 0.02, batchSize: 256, epochs: 2, evaluateEvery: 1 },
    };
    const write = async (given: Readonly<Record<string, unknown>> = {}) => {
      const path = `${folder}/study.yaml`;
      await Deno.writeTextFile(path, JSON.stringify({ ...study, ...given })); // JSON is YAML
      return path;
    };
    await use({ folder, write });
  });

/** What lies in a folder of trials: their metrics without what differs from run to run, and the bytes of the users'. */
export async function trialsIn(folder: string): Promise<Readonly<Record<string, readonly [unknown, Uint8Array]>>> {
  const found: [string, [unknown, Uint8Array]][] = [];
  for (const name of Array.from(Deno.readDirSync(folder), ({ name }) => name).sort()) {
    const { secondsPerEpoch: _, ...metrics } = JSON.parse(await Deno.readTextFile(`${folder}/${name}/metrics.json`));
    found.push([name, [metrics, await Deno.readFile(`${folder}/${name}/per_user.safetensors`)]]);
  }
  return Object.fromEntries(found);
}

/** What a command line, run here under --json, told programs, and people of what is wrong. */
// deno-lint-ignore no-explicit-any -- a test reads what it wrote
export async function told(...args: string[]): Promise<{ code: number; lines: any[]; error: string }> {
  const { writeSync } = Deno.stdout, { error } = console, wrong: string[] = [], decoder = new TextDecoder();
  let out = "";
  Deno.stdout.writeSync = (bytes) => (out += decoder.decode(bytes, { stream: true }), bytes.length);
  console.error = (...parts: unknown[]) => wrong.push(parts.join(" "));
  try {
    const code = await run([...args, "--json", "--quiet"]);
    return { code, lines: jsonLines(out), error: wrong.join("\n") };
  } finally {
    Deno.stdout.writeSync = writeSync;
    console.error = error;
  }
}
