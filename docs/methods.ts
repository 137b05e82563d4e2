import { losses } from "../losses/mod.ts";
import { backbones } from "../models/mod.ts";
import { samplers } from "../samplers/mod.ts";
import { optimizers } from "../training/optimizers.ts";
import type { About } from "../options/method.ts";
import type { Options } from "../options/option.ts";
import { readSamplerPage, samplerPages, withFamilies, withOptions } from "./sampler_pages.ts";
import { table } from "./table.ts";

const kinds: Readonly<Record<string, Readonly<Record<string, About<Options>>>>> = {
  Sampler: samplers,
  Backbone: backbones,
  Loss: losses,
  Optimiser: optimizers,
};

/** The README's lines around the generated text. */
export const START = "<!-- methods:start -->", END = "<!-- methods:end -->";

/** Markdown tables of every registered method, one a kind, laid out as `deno fmt` does. */
export function methodsTable(): string {
  return Object.entries(kinds).map(([kind, registry]) =>
    table([
      [kind, "What it does", "Source"],
      ...Object.entries(registry).map(([name, { summary, citation }]) => [`\`${name}\``, summary, citation]),
    ])
  ).join("\n\n");
}

/** The text with what is between the markers replaced. @throws Error where a marker is missing. */
export function withMethods(text: string): string {
  const start = text.indexOf(START), end = text.indexOf(END);
  if (start >= 0 && end > start) return `${text.slice(0, start)}${START}\n\n${methodsTable()}\n\n${text.slice(end)}`;
  throw new Error(`Cannot write the methods: expected "${START}" before "${END}"`);
}

if (import.meta.main) {
  const readme = new URL("../README.md", import.meta.url);
  await Deno.writeTextFile(readme, withMethods(await Deno.readTextFile(readme)));
  for (const [name, registry] of [["losses.md", losses], ["backbones.md", backbones]] as const) {
    const page = new URL(name, import.meta.url);
    await Deno.writeTextFile(page, withOptions(await Deno.readTextFile(page), registry));
  }
  const index = new URL("samplers.md", import.meta.url);
  await Deno.writeTextFile(index, await withFamilies(await Deno.readTextFile(index)));
  for (const page of samplerPages()) {
    await Deno.writeTextFile(new URL(`samplers/${page}`, import.meta.url), withOptions(await readSamplerPage(page)));
  }
}
