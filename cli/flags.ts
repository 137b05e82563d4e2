import { type Command, Option as Flag } from "npm:@commander-js/extra-typings@15.1.0";
import { isMapping } from "../options/mapping.ts";
import { methodText } from "../options/method_spec.ts";
import { type Options, resolve, type Values } from "../options/option.ts";
import { readYaml } from "../options/yaml.ts";
import { readText } from "./files.ts";

/** An option's name as a flag has it. */
export const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** How an option says that it takes several: its flag may be repeated. */
export const LIST = "a list of";
const gather = (given: string, before: readonly string[] | undefined): readonly string[] => [...before ?? [], given];

/**
 * Adds a flag for each option, and `--config` for a YAML file of the same names. Flags override the file, the file
 * overrides defaults.
 */
export const addFlags = (command: Command, options: Options): Command =>
  addOwnFlags(command, options).option(
    "--config <file>",
    "YAML file of these options (in camelCase); flags override it",
  ) as unknown as Command;

/** Adds a flag for each option. */
export function addOwnFlags(command: Command, options: Options): Command {
  for (const [name, { default: fallback, help, takes }] of Object.entries(options)) {
    const switched = typeof fallback === "boolean", words = /^one of (.*)$/.exec(takes)?.[1];
    const shown = fallback === null || switched ? help : `${help} (default: ${fallback})`;
    const value = switched ? "" : words ? " <word>" : /^a (whole )?number/.test(takes) ? " <number>" : " <text>";
    const added = new Flag(`--${kebab(name)}${value}`, words ? `${shown} [${words}]` : shown);
    command.addOption(takes.startsWith(LIST) ? added.argParser(gather) : added);
    if (switched) command.addOption(new Flag(`--no-${kebab(name)}`, `the opposite of --${kebab(name)}`).hideHelp());
  }
  return command;
}

/** The values of a command's options: flags over the YAML file over the options' own. */
export async function readFlags<O extends Options>(
  command: string,
  options: O,
  flags: Readonly<Record<string, unknown>>,
): Promise<Values<O>> {
  return (await readGiven(command, options, flags)).values;
}

/** The same, with `defaults` over the options' own, and the names of the options that flags or the file gave. */
export async function readGiven<O extends Options>(
  command: string,
  options: O,
  flags: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly values: Values<O>; readonly given: ReadonlySet<string> }> {
  const { config, ...own } = flags;
  const file = typeof config === "string" ? await readConfig(config) : {};
  try {
    const given = { ...joined(file, options), ...own };
    return { values: resolve(command, options, { ...defaults, ...given }), given: new Set(Object.keys(given)) };
  } catch (error) {
    if (typeof config !== "string") throw new TypeError(asFlags((error as Error).message));
    throw new TypeError(
      `${(error as Error).message.replace("Cannot make", "Cannot run")} (options come from "${config}" and flags)`,
    );
  }
}

/** An error as whoever typed flags reads it. */
const asFlags = (message: string): string =>
  message.replace("Cannot make", "Cannot run").replace(
    /(?<=option ")[a-z]+[A-Z]\w*(?=")/,
    (name) => `--${kebab(name)}`,
  );

/** Reads a YAML file of options. @throws TypeError naming it. */
export async function readConfig(path: string, what = "the config file"): Promise<Record<string, unknown>> {
  const text = await readText(path, what);
  let found: unknown;
  try {
    found = readYaml(text);
  } catch (error) {
    throw new TypeError(`Cannot read ${what} "${path}": ${(error as Error).message}`);
  }
  if (isMapping(found)) return found;
  throw new TypeError(
    `Cannot read ${what} "${path}": expected options by name, found ${JSON.stringify(found)?.slice(0, 60)}`,
  );
}

/** What is text as a flag may be a list in YAML. */
export const joined = (file: Readonly<Record<string, unknown>>, options: Options): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(file).map(([name, value]) =>
      options[name]?.takes === "text" && Array.isArray(value) ? [name, value.join(",")] : [name, methodText(value)]
    ),
  );
