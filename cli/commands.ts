import about from "../deno.json" with { type: "json" };
import { Command } from "npm:@commander-js/extra-typings@15.1.0";
import type { Options, Values } from "../options/option.ts";
import { compareCommand } from "./compare.ts";
import {
  infoCommand,
  infoOptions,
  splitCommand,
  splitOptions,
  synthesizeCommand,
  synthesizeOptions,
} from "./datasets.ts";
import { evaluateCommand, evaluateDefaults, evaluateOptions } from "./evaluate.ts";
import { fetchCommand, fetchOptions } from "./fetch.ts";
import { addFlags, addOwnFlags, readFlags, readGiven } from "./flags.ts";
import { indexCommand, indexOptions } from "./index_run.ts";
import { inspectCommand } from "./inspect.ts";
import { list } from "./list.ts";
import { openOutput } from "./output.ts";
import { peopleDefaults } from "./people.ts";
import { recommendCommand, recommendOptions } from "./recommend.ts";
import { reportCommand, reportOptions } from "./report.ts";
import { serveCommand, serveOptions } from "./serve.ts";
import { similarCommand, similarOptions } from "./similar.ts";
import { studyCommands } from "./study.ts";
import { compareOptions } from "./study_options.ts";
import { trainCommand } from "./train.ts";
import { outputOptions, trainOptions } from "./train_options.ts";
import { tuneCommand } from "./tune.ts";
import { tuneOptions } from "./tune_options.ts";

/** What a command line is run with. */
export interface Invocation {
  /** What stops it; `heeds` where the command acts on it, to keep what it has: others are ended. */
  readonly signal: (heeds: boolean) => AbortSignal;
  /** Is told the exit code. */
  readonly end: (code: number) => void;
}

type Flags = Readonly<Record<string, unknown>>;

/** A command that takes options alone. */
interface Entry<O extends Options = Options> {
  readonly name: string;
  readonly description: string;
  readonly options: O;
  readonly run: (values: Values<O>, signal: AbortSignal, given: ReadonlySet<string>) => Promise<number>;
  /** Whether it acts on the signal that stops it. */
  readonly heeds?: boolean;
  /** What options are where nobody gives them, if not their own defaults. */
  readonly defaults?: (flags: Flags) => Promise<Record<string, unknown>>;
}

const entry = <O extends Options>(
  name: string,
  description: string,
  options: O,
  run: Entry<O>["run"],
  more: Pick<Entry, "heeds" | "defaults"> = {},
): Entry => ({ name, description, options, run: run as Entry["run"], ...more });

const training: readonly Entry[] = [
  entry("train", "train a recommender and save it to a folder", trainOptions, trainCommand, { heeds: true }),
  entry(
    "tune",
    "search options of sampler, model and training on validation, and train the best",
    tuneOptions,
    tuneCommand,
    { heeds: true },
  ),
  entry(
    "compare",
    "train several methods under one protocol and test them against the first",
    compareOptions,
    compareCommand,
    { heeds: true },
  ),
];

const using: readonly Entry[] = [
  entry(
    "evaluate",
    "rank the catalogue for the users of a test set with a trained model",
    evaluateOptions,
    evaluateCommand,
    { defaults: evaluateDefaults },
  ),
  entry("recommend", "the best unseen items for given users", recommendOptions, recommendCommand, {
    defaults: peopleDefaults,
  }),
  entry("serve", "answer over HTTP with a trained model", serveOptions, serveCommand, { heeds: true }),
  entry("index", "an index of the items, for catalogues too large to score whole", indexOptions, indexCommand),
  entry("similar", "the items most similar to given items", similarOptions, similarCommand),
];

const ofData: readonly Entry[] = [
  entry("info", "what a log holds", infoOptions, infoCommand),
  entry("split", "part a log into train, valid and test files", splitOptions, splitCommand),
  entry("synthesize", "generate interactions with a known best ranking", synthesizeOptions, synthesizeCommand),
];

/** All commands, ready to parse one command line. */
export function commandsFor(invocation: Invocation): Command {
  const program = new Command("foil")
    .description("Trains recommenders from implicit feedback with any negative sampler, on ONNX graphs.")
    .version(about.version, "-V, --version", "display the version of Foil").exitOverride().showHelpAfterError(
      "(--help lists the options)",
    ) as unknown as Command;
  for (const each of training) add(program, each, invocation);
  addStudy(program, invocation);
  for (const each of using) add(program, each, invocation);
  addReport(program, invocation);
  addInspect(program, invocation);
  const datasets = program.command("datasets").description("fetch, look at, part and generate interactions");
  for (const each of ofData) add(datasets as unknown as Command, each, invocation);
  addFetch(datasets as unknown as Command, invocation);
  addList(program);
  return program;
}

function add(parent: Command, { name, description, options, run, heeds = false, defaults }: Entry, to: Invocation) {
  const made = parent.command(name).description(description).exitOverride();
  addFlags(made as unknown as Command, options).action(async (flags) => {
    const own = flags as Flags, { values, given } = await readGiven(name, options, own, await defaults?.(own));
    to.end(await run(values, to.signal(heeds), given));
  });
}

function addStudy(program: Command, { signal, end }: Invocation): void {
  const study = program.command("study").description(
    "trials of several datasets, backbones, samplers and losses, here or on many machines",
  );
  for (const { name, description, options, ofFile, heeds, run } of studyCommands) {
    const made = study.command(name).description(description).exitOverride() as unknown as Command;
    if (ofFile) made.argument("<file>", "YAML file of the study");
    addOwnFlags(made, options).action(async (...given: unknown[]) => {
      const [file, flags] = ofFile ? given : ["", ...given];
      end(await run(file as string, await readFlags(`study ${name}`, options, flags as Flags), signal(heeds)));
    });
  }
}

function addReport(program: Command, { end }: Invocation): void {
  const report = program.command("report").description("a page, drawings and a table of what train and compare left")
    .exitOverride().argument("<folders...>", "folders of train or compare, or folders that hold such");
  addFlags(report as unknown as Command, reportOptions).action(async (...given: unknown[]) => {
    const [folders, flags] = given as [string[], Flags];
    end(await reportCommand(folders, await readFlags("report", reportOptions, flags)));
  });
}

function addInspect(program: Command, { end }: Invocation): void {
  program.command("inspect").description("what an ONNX file is made of, and what of it would be trained").exitOverride()
    .argument("<model>", "an ONNX file, as --backbone takes it")
    .option("--freeze <text>", trainOptions.freeze.help)
    .option("--json", "print one JSON line")
    .action(async (model, { freeze = null, json = false }) =>
      end(await inspectCommand({ model, freeze, json: json === true }))
    );
}

function addFetch(datasets: Command, { signal, end }: Invocation): void {
  datasets.command("fetch").description("download a public dataset from its publisher, check it, say its terms")
    .exitOverride()
    .argument("[name]", "ml-100k, ml-1m, lastfm-2k, amazon-2023-video-games, ...; without it, all names are listed")
    .option("--url <text>", fetchOptions.url.help)
    .option("--cache <text>", fetchOptions.cache.help)
    .option("--json", outputOptions.json.help)
    .option("--quiet", outputOptions.quiet.help)
    .action(async (name: string | undefined, { url = null, cache = null, json = false, quiet = false }) =>
      end(await fetchCommand({ name, url, cache, json: json === true, quiet: quiet === true }, signal(true)))
    );
}

function addList(program: Command): void {
  program.command("list").description("samplers, backbones, losses and optimisers, with options and sources")
    .argument("[kinds...]", "samplers, backbones, losses, optimizers, or files of your own, such as mine.ts")
    .option("--json", "print JSON lines")
    .action((kinds, { json }) => list(kinds, openOutput({ json: json === true, quiet: false })));
}
