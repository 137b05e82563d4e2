import assert from "node:assert/strict";
import { dataOptions } from "../../cli/data_options.ts";
import { studyCommands } from "../../cli/study.ts";
import { compareOptions } from "../../cli/study_options.ts";
import { evaluateOptions } from "../../cli/evaluate.ts";
import { reportOptions } from "../../cli/report.ts";
import { recommendOptions } from "../../cli/recommend.ts";
import { fetchOptions } from "../../cli/fetch.ts";
import { indexOptions } from "../../cli/index_run.ts";
import { serveOptions } from "../../cli/serve.ts";
import { similarOptions } from "../../cli/similar.ts";
import { splitOptions, synthesizeOptions } from "../../cli/datasets.ts";
import { trainOptions } from "../../cli/train_options.ts";
import { tuneOptions } from "../../cli/tune_options.ts";
import { catalogue, interactions, metrics, rankBy } from "../../mod.ts";
import { fences, pages, readPage } from "./pages.ts";

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const names = [
  dataOptions,
  compareOptions,
  evaluateOptions,
  fetchOptions,
  recommendOptions,
  reportOptions,
  similarOptions,
  serveOptions,
  indexOptions,
  splitOptions,
  synthesizeOptions,
  trainOptions,
  ...studyCommands.map(({ options }) => options),
  tuneOptions,
]
  .flatMap((options) => Object.keys(options).flatMap((name) => [`--${kebab(name)}`, `--no-${kebab(name)}`]));
const known = new Set([...names, "--config", "--help"]);

/** Flags of deno and of Slurm, not of foil. */
const others =
  /^--(allow-\w+|no-prompt|reload|platform|version|minify|code-splitting|outdir|doc|check|lock|array|cpus-per-task|time|requeue)$/;

Deno.test("every flag that a page names is one that some command has", async () => {
  for (const page of pages) {
    for (const [flag] of (await readPage(page)).matchAll(/(?<![\w-])--[a-z][a-z0-9-]*/g)) {
      assert(known.has(flag) || others.test(flag), `${page} names "${flag}"`);
    }
  }
});

Deno.test("the YAML example has only options of train", async () => {
  const [config] = fences(await readPage("docs/train.md")).filter(({ info }) => info === "yaml");
  for (const [, name] of config!.text.matchAll(/^(\w+):/gm)) assert(Object.hasOwn(trainOptions, name!), name);
});

Deno.test("docs/evaluate.md defines every metric that is printed", async () => {
  const page = await readPage("docs/evaluate.md");
  const log = interactions({ users: [0], items: [0], userCount: 1, itemCount: 2 });
  const scores = Float32Array.of(1, 2);
  const printed = await rankBy(() => scores, catalogue(log), log, { metrics: ["ndcg@1"] });
  for (const name of [...Object.keys(metrics), ...Object.keys(printed.catalogue)]) {
    assert.match(page, new RegExp(`^\\|.*\`${name}\`.*\\|`, "m"), `no row defines "${name}"`);
  }
});
