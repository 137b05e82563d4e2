import type { AnyMethod } from "../options/method.ts";
import { samplers } from "../samplers/mod.ts";
import type { Policy } from "../samplers/sampler.ts";
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

/** A page with each sampler's options at the end of its section. @throws Error where a section is of no sampler. */
export function withOptions(page: string): string {
  const [head, ...sections] = page.split(/^(?=## )/m);
  return `${[head!, ...sections.map(withOptionsOf)].join("").trimEnd()}\n`;
}

function withOptionsOf(section: string): string {
  const name = section.match(/^## (.+)$/m)![1]!,
    sampler = (samplers as Readonly<Record<string, AnyMethod<Policy>>>)[name];
  if (!sampler) throw new Error(`Cannot write the options of "${name}": there is no such sampler`);
  const written = section.replace(new RegExp(`${START}[\\s\\S]*${END}\\n*`), "").trimEnd();
  const rows = Object.entries(sampler.options).map((
    [option, { default: fallback, help }],
  ) => [`\`${option}\``, `${fallback}`, help]);
  return `${written}\n\n${START}\n\n${table([["Option", "Default", "Meaning"], ...rows])}\n\n${END}\n\n`;
}
