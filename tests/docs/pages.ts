/** The project's root. */
export const ROOT = new URL("../../", import.meta.url);

/** Every page of documentation, from the root. */
export const pages: readonly string[] = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...Array.from(Deno.readDirSync(new URL("docs/", ROOT)), ({ name }) => `docs/${name}`)
    .filter((path) => path.endsWith(".md")).sort(),
];

export const readPage = (page: string): Promise<string> => Deno.readTextFile(new URL(page, ROOT));

/** A fenced block. */
export interface Fence {
  /** What follows the fence, such as `sh run`. */
  readonly info: string;
  readonly text: string;
}

/** The fenced blocks of a page, in order. */
export const fences = (page: string): readonly Fence[] =>
  Array.from(page.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm), ([, info, text]) => ({ info: info!.trim(), text: text! }));
