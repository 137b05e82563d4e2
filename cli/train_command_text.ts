import { kebab } from "./flags.ts";
import { shellWord } from "./shell_word.ts";
import { trainOptions, type TrainValues } from "./train_options.ts";

/** Options that say where a run lies and how it talks. */
const LEFT_OUT: ReadonlySet<string> = new Set(["out", "resume", "json", "quiet"]);

/** Written whatever it is: where no part is named the data choose a recipe. */
const ALWAYS = "sampler";

/** The command that trains with these options: those that differ from their defaults. */
export function trainCommandText(values: TrainValues): string {
  const flags = Object.entries(values).flatMap(([name, value]) => {
    const fallback: unknown = trainOptions[name as keyof TrainValues].default;
    if (LEFT_OUT.has(name) || value === null || (value === fallback && name !== ALWAYS)) return [];
    return flagTexts(name, value);
  });
  return ["deno run -A cli.ts train", ...flags].join(" ");
}

/** An option as flags, one for each of several values. */
export const flagTexts = (name: string, value: unknown): readonly string[] =>
  typeof value === "boolean"
    ? [`--${value ? "" : "no-"}${kebab(name)}`]
    : [value].flat().map((each) => `--${kebab(name)} ${shellWord(String(each))}`);
