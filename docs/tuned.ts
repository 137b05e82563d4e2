/**
 * Every sampler at its best, on one of the datasets of docs/results.md: tunes each on validation, or those that are named,
 * and writes the study that tests all winners that the folder has. Stopped, the same command goes on.
 *
 *     deno run -A docs/tuned.ts ml-100k runs/tuned/ml-100k
 *     deno run -A docs/tuned.ts ahns-ml runs/tuned/ahns-ml rns dns
 *     deno run -A cli.ts compare --config runs/tuned/ml-100k/config.yaml --out docs/results/tuned/ml-100k
 */
import { readYaml, yamlText } from "../options/yaml.ts";

/** A row of the study: a sampler with what is not searched, and what is not as for the others. */
interface Tuned {
  readonly sampler: string;
  readonly loss?: string;
  readonly backbone?: string;
  /** What the data must hold beside ids. */
  readonly needs?: Side;
}
type Side = "friends" | "attributes" | "knowledge";

const BACKBONE = "mf:dim=64";
/** Of softmaxes, as in the recipes: their temperature is then on a known scale. */
const COSINE = `${BACKBONE},score=cosine`;
const softmax = (sampler: string): Tuned => ({ sampler, loss: "infonce", backbone: COSINE });

/** Samplers that are not tuned, and why. */
export const leftOut: Readonly<Record<string, string>> = {
  predefined: "no dataset here has dislikes",
  "multi-behaviour": "no dataset here has weaker behaviours",
  triplh: "it is made for the backbone hmf",
  "shared-negatives": "it is made for the loss napo, which needs a model that was trained before",
};

/** What is tuned, by the name of its row: see {@link leftOut} for what is not. */
export const methods: Readonly<Record<string, Tuned>> = {
  ...Object.fromEntries(
    ["rns", "pns", "inverse", "cohorts", "enmf", "dns", "dns-mn", "adaptive", "ahns", "cuco", "warp", "aobpr", "bns"]
      .concat(["pris", "adasir", "mcns", "gnno", "srns", "user-similarity", "mixgcf", "ans", "divns", "attention"])
      .concat(["ips", "bir", "irgan", "kbgan", "advir", "embedding-generator", "dens", "realhns"])
      .map((sampler) => [sampler, { sampler }]),
  ),
  "uniform-64": softmax("rns:negatives=64"),
  "in-batch": softmax("in-batch"),
  mixed: softmax("mixed"),
  full: { sampler: "full", backbone: COSINE }, // its loss is its own
  sbpr: { sampler: "sbpr", needs: "friends" },
  fairneg: { sampler: "fairneg", needs: "attributes" },
  "attribute-dns": { sampler: "attribute-dns", needs: "attributes" },
  "category-balanced": { sampler: "category-balanced", needs: "attributes" },
  "knowledge-weights": { sampler: "knowledge-weights", needs: "attributes" },
  kgpolicy: { sampler: "kgpolicy", needs: "knowledge" },
};

const SHARED = "../shared/data";
/** Where the datasets of docs/results.md are, and what they have beside ids. */
const datasets: Readonly<Record<string, { data: string; test?: string; has: readonly Side[] }>> = {
  "ahns-ml": { data: `${SHARED}/ahns-ml`, has: [] },
  "ahns-sport": { data: `${SHARED}/ahns-sport`, has: [] },
  "ahns-tool": { data: `${SHARED}/ahns-tool`, has: [] },
  "ml-100k": { data: `${SHARED}/ml-100k`, has: ["attributes", "knowledge"] },
  "lastfm-social": {
    data: `${SHARED}/lastfm-social/data1.txt`,
    test: `${SHARED}/lastfm-social/test1.txt`,
    has: ["friends"],
  },
  "yahoo-r3": { data: `${SHARED}/yahoo-r3`, has: [] },
};

/** What searches and study have in common. */
const common = { epochs: 100, evaluateEvery: 5, patience: 5, provider: "native", threads: 1 };
const search = {
  ...common,
  trials: 18,
  space: "default; lr=log:1e-3..1e-2; l2=log:1e-6..3e-2",
};

/** Searches. @throws Error where nothing was trained. */
async function searched(given: Tuned, { data, test }: { data: string; test?: string }, out: string): Promise<void> {
  const { needs: _, sampler, loss = "bpr", backbone = BACKBONE } = given;
  await Deno.mkdir(out, { recursive: true });
  const config = `${out}/search.yaml`;
  await Deno.writeTextFile(config, yamlText({ data, test, sampler, loss, backbone, ...search, batchSize: 2048, out }));
  const cli = new URL("../cli.ts", import.meta.url).pathname;
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", cli, "tune", "--config", config],
    stdout: "null",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot tune "${sampler}": the search in ${out} failed`);
}

/** The options of a search's winner, as `compare` reads a method; nothing where the search has not ended. */
async function winner(out: string): Promise<string | undefined> {
  const best = await Deno.readTextFile(`${out}/best/config.yaml`).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  if (best === undefined) return undefined;
  const options = readYaml(best) as Record<string, string | number>;
  return ["loss", "lr", "l2", "backbone"].reduce(
    (text, name) => `${text} ${name}=${options[name]}`,
    `${options.sampler}`,
  );
}

if (import.meta.main) {
  const [name = "", out = `runs/tuned/${name}`, ...labels] = Deno.args, dataset = datasets[name];
  if (!dataset) throw new TypeError(`Expected one of ${Object.keys(datasets).join(", ")}, found "${name}"`);
  const { has, ...files } = dataset;
  const possible = Object.entries(methods).filter(([, { needs }]) => !needs || has.includes(needs));
  const unknown = labels.find((label) => !possible.some(([name]) => name === label));
  if (unknown !== undefined) {
    throw new TypeError(`Expected some of ${possible.map(([label]) => label).join(", ")}, found "${unknown}"`);
  }
  for (const [label, method] of possible) {
    if (labels.length && !labels.includes(label)) continue;
    await searched(method, files, `${out}/${label}`);
    console.log(`${label}=${await winner(`${out}/${label}`)}`);
  }
  const found: string[] = [];
  for (const [label] of possible) {
    const options = await winner(`${out}/${label}`);
    if (options) found.push(`${label}=${options}`);
  }
  const study = {
    ...files,
    samplers: found,
    ...common,
    seeds: [1, 2, 3],
    refit: true,
    metrics: ["ndcg@20", "recall@20", "coverage@20", "head/recall@20", "mid/recall@20", "tail/recall@20"],
  };
  await Deno.writeTextFile(`${out}/config.yaml`, yamlText(study));
}
