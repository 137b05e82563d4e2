import { leastFlags } from "./least_flags.ts";

const CLI = new URL("../../cli.ts", import.meta.url).pathname;
/** That of the tests, which names what a command downloads when it is asked for: it would write that into Foil's own. */
const LOCK = new URL("../deno.lock", import.meta.url).pathname;

/** What a command line did. */
export interface Done {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `foil` with these arguments in a folder, with no permission but those that docs/permissions.md says it takes. */
export const foilProcess = (args: readonly string[], cwd: string): Deno.ChildProcess =>
  new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", `--lock=${LOCK}`, ...leastFlags(args), CLI, ...args],
    cwd,
    stdout: "piped",
    stderr: "piped",
    stdin: "null",
  })
    .spawn();

/** Runs `foil` to its end. */
export async function foil(args: readonly string[], cwd = "."): Promise<Done> {
  const { code, stdout, stderr } = await foilProcess(args, cwd).output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

/** The JSON lines of a command's output. */
// deno-lint-ignore no-explicit-any -- a test reads what it wrote
export const jsonLines = (text: string): any[] => text.split("\n").filter(Boolean).map((line) => JSON.parse(line));

/** Runs `use` in a temporary folder. */
export async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "foil" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
