import type { About } from "../options/method.ts";
import type { Options } from "../options/option.ts";
import { samplers } from "../samplers/mod.ts";
import { table } from "./table.ts";

/** The lines around what is generated. */
const START = "<!-- options:start -->", END = "<!-- options:end -->";
const FOLDER = new URL("samplers/", import.meta.url);

/** The pages of samplers, a family each, by file name. */
export const samplerPages = (): readonly string[] =>
  Array.from(Deno.readDirSync(FOLDER), ({ name }) => name).filter((name) => name.endsWith(".md")).sort();

export const readSamplerPage = (page: string): Promise<string> => Deno.readTextFile(new URL(page, FOLDER));

/** The text of docs/samplers.md with its list of families and their samplers. */
export async function withFamilies(index: string): Promise<string> {
  const rows = await Promise.all(
    samplerPages().map(async (page) => {
      const text = await readSamplerPage(page), title = text.match(/^# (.+)$/m)![1]!;
      const names = Array.from(text.matchAll(/^## (.+)$/gm), ([, name]) => `\`${name}\``);
      return [`[${title}](samplers/${page})`, names.join(", ")];
    }),
  );
  const [from, to] = ["<!-- families:start -->", "<!-- families:end -->"];
  const start = index.indexOf(from), end = index.indexOf(to);
  if (start < 0 || end < start) throw new Error(`Cannot write the families: expected "${from}" before "${to}"`);
  return `${index.slice(0, start)}${from}\n\n${table([["Family", "Samplers"], ...rows])}\n\n${index.slice(end)}`;
}

type Methods = Readonly<Record<string, About<Options>>>;

/** A page with each method's options at the end of its section. @throws Error where a section is of no method. */
export function withOptions(page: string, methods: Methods = samplers): string {
  const [head, ...sections] = page.split(/^(?=## )/m);
  return `${[head!, ...sections.map((section) => withOptionsOf(section, methods))].join("").trimEnd()}\n`;
}

function withOptionsOf(section: string, methods: Methods): string {
  const name = section.match(/^## (.+)$/m)![1]!, method = methods[name];
  if (!method) throw new Error(`Cannot write the options of "${name}": there is no such method`);
  const written = section.replace(new RegExp(`${START}[\\s\\S]*${END}\\n*`), "").trimEnd();
  const rows = Object.entries(method.options).map((
    [option, { default: fallback, help }],
  ) => [`\`${option}\``, `${fallback}`, help]);
  return `${written}\n\n${START}\n\n${table([["Option", "Default", "Meaning"], ...rows])}\n\n${END}\n\n`;
}
