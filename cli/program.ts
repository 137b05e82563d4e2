import about from "../deno.json" with { type: "json" };
import { Command, CommanderError } from "npm:@commander-js/extra-typings@15.1.0";
import type { Options, Values } from "../options/option.ts";
import {
  infoCommand,
  infoOptions,
  splitCommand,
  splitOptions,
  synthesizeCommand,
  synthesizeOptions,
} from "./datasets.ts";
import { compareCommand } from "./compare.ts";
import { setDefault, variable } from "./environment.ts";
import { evaluateCommand, evaluateDefaults, evaluateOptions } from "./evaluate.ts";
import { fetchCommand, fetchOptions } from "./fetch.ts";
import { addFlags, addOwnFlags, readFlags, readGiven } from "./flags.ts";
import { indexCommand, indexOptions } from "./index_run.ts";
import { inspectCommand } from "./inspect.ts";
import { list } from "./list.ts";
import { clearProgress, openOutput } from "./output.ts";
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

/** Exit codes: 0 done, 1 it could not be done, 2 the command line is wrong, 130 stopped by Ctrl-C or SIGTERM. */
const FAILED = 1, MISUSED = 2, STOPPED = 130;

/** Runs one command line. Errors are told in a line on stderr; their stacks with FOIL_DEBUG set. */
export async function run(args: readonly string[]): Promise<number> {
  // Mesa's drivers complain on stderr where this is unset, as it is in most containers
  setDefault("XDG_RUNTIME_DIR", "/tmp");
  let code = 0;
  const interrupted = new AbortController();
  let heeded = false;
  /** For a command that acts on it, to keep what it has; others are ended. */
  const stopping = () => {
    heeded = true;
    return interrupted.signal;
  };
  const stop = () => {
    if (!heeded || interrupted.signal.aborted) Deno.exit(STOPPED); // a second Ctrl-C does not wait
    interrupted.abort(new Error("stopped by Ctrl-C"));
  };
  // whoever runs commands on machines, such as Slurm and Kubernetes, stops them by SIGTERM
  const signals: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  const program = new Command("foil")
    .description("Trains recommenders from implicit feedback with any negative sampler, on ONNX graphs.")
    .version(about.version, "-V, --version", "display the version of Foil").exitOverride().showHelpAfterError(
      "(--help lists the options)",
    );
  const command = <O extends Options>(
    parent: Command,
    name: string,
    description: string,
    options: O,
    action: (values: Values<O>, given: ReadonlySet<string>) => Promise<number>,
    defaults: (flags: Readonly<Record<string, unknown>>) => Promise<Record<string, unknown>> = () =>
      Promise.resolve({}),
  ) => {
    const made = parent.command(name).description(description).exitOverride();
    addFlags(made as unknown as Command, options).action(async (flags) => {
      const own = flags as Record<string, unknown>;
      const { values, given } = await readGiven(name, options, own, await defaults(own));
      code = await action(values, given);
    });
  };
  const root = program as unknown as Command;
  command(
    root,
    "train",
    "train a recommender and save it to a folder",
    trainOptions,
    (values, given) => trainCommand(values, stopping(), given),
  );
  command(
    root,
    "tune",
    "search options of sampler, model and training on validation, and train the best",
    tuneOptions,
    (values, given) => tuneCommand(values, stopping(), given),
  );
  command(
    root,
    "compare",
    "train several methods under one protocol and test them against the first",
    compareOptions,
    (values) => compareCommand(values, stopping()),
  );
  const study = program.command("study").description(
    "trials of several datasets, backbones, samplers and losses, here or on many machines",
  );
  for (const { name, description, options, ofFile, heeds, run } of studyCommands) {
    const made = study.command(name).description(description).exitOverride() as unknown as Command;
    if (ofFile) made.argument("<file>", "YAML file of the study");
    addOwnFlags(made, options).action(async (...given: unknown[]) => {
      const [file, flags] = ofFile ? given : ["", ...given];
      const values = await readFlags(`study ${name}`, options, flags as Record<string, unknown>);
      code = await run(file as string, values, heeds ? stopping() : interrupted.signal);
    });
  }
  command(
    root,
    "evaluate",
    "rank the catalogue for the users of a test set with a trained model",
    evaluateOptions,
    evaluateCommand,
    evaluateDefaults,
  );
  command(root, "recommend", "the best unseen items for given users", recommendOptions, recommendCommand);
  command(
    root,
    "serve",
    "answer over HTTP with a trained model",
    serveOptions,
    (values) => serveCommand(values, stopping()),
  );
  command(root, "index", "an index of the items, for catalogues too large to score whole", indexOptions, indexCommand);
  command(root, "similar", "the items most similar to given items", similarOptions, similarCommand);
  const report = program.command("report").description("a page, drawings and a table of what train and compare left")
    .exitOverride().argument("<folders...>", "folders of train or compare, or folders that hold such");
  addFlags(report as unknown as Command, reportOptions).action(async (...given: unknown[]) => {
    const [folders, flags] = given as [string[], Record<string, unknown>];
    code = await reportCommand(folders, await readFlags("report", reportOptions, flags));
  });
  program.command("inspect").description("what an ONNX file is made of, and what of it would be trained").exitOverride()
    .argument("<model>", "an ONNX file, as --backbone takes it")
    .option("--freeze <text>", trainOptions.freeze.help)
    .option("--json", "print one JSON line")
    .action(async (model, { freeze = null, json = false }) => {
      code = await inspectCommand({ model, freeze, json: json === true });
    });
  const datasets = program.command("datasets").description(
    "fetch, look at, part and generate interactions",
  ) as unknown as Command;
  command(datasets, "info", "what a log holds", infoOptions, infoCommand);
  command(datasets, "split", "part a log into train, valid and test files", splitOptions, splitCommand);
  command(
    datasets,
    "synthesize",
    "generate interactions with a known best ranking",
    synthesizeOptions,
    synthesizeCommand,
  );
  datasets.command("fetch").description("download a public dataset from its publisher, check it, say its terms")
    .exitOverride()
    .argument("[name]", "ml-100k, ml-1m, lastfm-2k, amazon-2023-video-games, ...; without it, all names are listed")
    .option("--url <text>", fetchOptions.url.help)
    .option("--cache <text>", fetchOptions.cache.help)
    .option("--json", outputOptions.json.help)
    .option("--quiet", outputOptions.quiet.help)
    .action(async (name: string | undefined, { url = null, cache = null, json = false, quiet = false }) => {
      code = await fetchCommand({ name, url, cache, json: json === true, quiet: quiet === true }, stopping());
    });
  program.command("list").description("samplers, backbones, losses and optimisers, with options and sources")
    .argument("[kinds...]", "samplers, backbones, losses, optimizers")
    .option("--json", "print JSON lines")
    .action((kinds, { json }) => list(kinds, openOutput({ json: json === true, quiet: false })));
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : MISUSED;
    clearProgress();
    console.error(`error: ${(error as Error).message}`);
    if (variable("FOIL_DEBUG")) console.error(error);
    return FAILED;
  } finally {
    for (const signal of signals) Deno.removeSignalListener(signal, stop);
  }
}
