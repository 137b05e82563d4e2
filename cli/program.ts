import { CommanderError } from "npm:@commander-js/extra-typings@15.1.0";
import { commandsFor } from "./commands.ts";
import { setDefault, variable } from "./environment.ts";
import { clearProgress } from "./output.ts";

/** Exit codes: 0 done, 1 it could not be done, 2 the command line is wrong, 130 stopped by Ctrl-C or SIGTERM. */
const FAILED = 1, MISUSED = 2, STOPPED = 130;

/** Runs one command line. Errors are told in a line on stderr; their stacks with FOIL_DEBUG set. */
export async function run(args: readonly string[]): Promise<number> {
  // Mesa's drivers complain on stderr where this is unset, as it is in most containers
  setDefault("XDG_RUNTIME_DIR", "/tmp");
  let code = 0, heeded = false;
  const interrupted = new AbortController();
  const stop = () => {
    if (!heeded || interrupted.signal.aborted) Deno.exit(STOPPED); // a second Ctrl-C does not wait
    interrupted.abort(new Error("stopped by Ctrl-C"));
  };
  // whoever runs commands on machines, such as Slurm and Kubernetes, stops them by SIGTERM
  const signals: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  const program = commandsFor({
    signal(heeds) {
      heeded ||= heeds;
      return interrupted.signal;
    },
    end: (ended) => code = ended,
  });
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
