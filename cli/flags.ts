import { type Command, Option as Flag } from "npm:@commander-js/extra-typings@15.1.0";
import { parse } from "npm:yaml@2.9.1";
import { type Options, resolve, type Values } from "../options/option.ts";
import { readText } from "./files.ts";

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/**
 * Adds a flag for each option, and `--config` for a YAML file of the same names. Flags override the file, the file
 * overrides defaults.
 */
export function addFlags(command: Command, options: Options): Command {
  for (const [name, { default: fallback, help, takes }] of Object.entries(options)) {
    const switched = typeof fallback === "boolean", words = /^one of (.*)$/.exec(takes)?.[1];
    const shown = fallback === null || switched ? help : `${help} (default: ${fallback})`;
    const value = switched ? "" : words ? " <word>" : takes === "text" ? " <text>" : " <number>";
    command.addOption(new Flag(`--${kebab(name)}${value}`, words ? `${shown} [${words}]` : shown));
    if (switched) command.addOption(new Flag(`--no-${kebab(name)}`, `the opposite of --${kebab(name)}`).hideHelp());
  }
  return command.option(
    "--config <file>",
    "YAML file of these options (in camelCase); flags override it",
  ) as unknown as Command;
}

/** The values of a command's options: flags over the YAML file over `defaults` over the options' own. */
export async function readFlags<O extends Options>(
  command: string,
  options: O,
  flags: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>> = {},
): Promise<Values<O>> {
  const { config, ...given } = flags;
  const file = typeof config === "string" ? await readConfig(config) : {};
  try {
    return resolve(command, options, { ...defaults, ...file, ...given });
  } catch (error) {
    if (typeof config !== "string") throw new TypeError((error as Error).message.replace("Cannot make", "Cannot run"));
    throw new TypeError(
      `${(error as Error).message.replace("Cannot make", "Cannot run")} (options come from "${config}" and flags)`,
    );
  }
}

/** Reads a YAML file of options. @throws TypeError naming it. */
export async function readConfig(path: string): Promise<Record<string, unknown>> {
  const text = await readText(path, "the config file");
  let found: unknown;
  try {
    found = parse(text);
  } catch (error) {
    throw new TypeError(`Cannot read the config file "${path}": ${(error as Error).message}`);
  }
  if (typeof found === "object" && found !== null && !Array.isArray(found)) {
    return flattened(found as Record<string, unknown>);
  }
  throw new TypeError(
    `Cannot read the config file "${path}": expected options by name, found ${JSON.stringify(found)?.slice(0, 60)}`,
  );
}

/** Methods may be written as `{ name: ahns, alpha: 1 }`; flags say the same as `ahns:alpha=1`. */
function flattened(config: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      if (Array.isArray(value)) return [key, value.join(",")];
      if (typeof value !== "object" || value === null || !("name" in value)) return [key, value];
      const { name, ...options } = value as Record<string, unknown>;
      const pairs = Object.entries(options).map(([option, x]) => `${option}=${x}`);
      return [key, pairs.length > 0 ? `${name}:${pairs.join(",")}` : name];
    }),
  );
}
