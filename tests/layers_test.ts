import assert from "node:assert/strict";

/**
 * Which floor a folder or root file is on: imports go strictly downwards. `random/`, `options/` and `statistics/` are
 * below everything; `training/` sees `evaluation/`, which knows nothing of it, and only `studies/` is built on both.
 */
const floors: Readonly<Record<string, number>> = {
  random: 0,
  options: 0,
  statistics: 0,
  graphs: 1,
  runtime: 2,
  datasets: 2,
  models: 3,
  samplers: 3,
  losses: 3,
  evaluation: 4,
  training: 5,
  studies: 6,
  recipes: 6,
  reports: 7,
  "mod.ts": 8,
  cli: 9,
  "cli.ts": 10,
};
const SIBLINGS: readonly (readonly [from: string, to: string])[] = [["evaluation", "training"]];
const EXEMPT: ReadonlySet<string> = new Set(["tests", "benchmarks", "fixtures", "examples", "docs"]);

interface Source {
  readonly path: string;
  readonly text: string;
}
const root = new URL("../", import.meta.url);
async function* sourcesIn(folder: string): AsyncGenerator<Source> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder || ".", root))) {
    const path = folder + name;
    if (name.startsWith(".") || EXEMPT.has(path)) continue;
    if (isDirectory) yield* sourcesIn(`${path}/`);
    else if (name.endsWith(".ts")) yield { path, text: await Deno.readTextFile(new URL(path, root)) };
  }
}
const sources = await Array.fromAsync(sourcesIn(""));
const code = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$|\s\/\/ .*$/gm, "");
/** What a file imports or re-exports, types and dynamic imports included. */
const imports = ({ text }: Source) =>
  [...code(text).matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)"([^"]+)"/g)].map(([, specifier]) => specifier!);
const floorOf = (path: string) => path.split("/")[0]!;
const internal = (source: Source) =>
  imports(source).filter((specifier) => specifier.startsWith(".")).map((specifier) =>
    new URL(specifier, new URL(source.path, root)).href.slice(root.href.length)
  );

Deno.test("every file is on a floor", () => {
  assert(sources.length > 50, "the sources were found");
  assert.deepEqual(sources.map(({ path }) => floorOf(path)).filter((floor) => floors[floor] === undefined), []);
});

Deno.test("imports go strictly downwards, and folders of one floor do not see each other", () => {
  const wrong = sources.flatMap((source) => {
    const from = floorOf(source.path);
    return internal(source).filter((target) => {
      const to = floorOf(target);
      const sibling = SIBLINGS.some(([a, b]) => a === from && b === to);
      return from !== to && (sibling || floors[from]! <= floors[to]!);
    }).map((target) => `${source.path} imports ${target}`);
  });
  assert.deepEqual(wrong, []);
});

const importersOf = (name: string) =>
  sources.filter((source) => imports(source).some((specifier) => specifier.startsWith(`npm:${name}`)));

Deno.test("only runtime/ imports onnxruntime-web", () => {
  const found = importersOf("onnxruntime").map(({ path }) => floorOf(path));
  assert.deepEqual([...new Set(found)], ["runtime"]);
});

Deno.test("only graphs/proto.ts imports onnx-proto", () => {
  assert.deepEqual(importersOf("onnx-proto").map(({ path }) => path), ["graphs/proto.ts"]);
});

Deno.test("only the commands and one file of datasets/ touch Deno, so that the library runs in a browser", () => {
  const found = sources.filter(({ path, text }) => floors[floorOf(path)]! < floors.cli! && /\bDeno\./.test(code(text)));
  assert.deepEqual(found.map(({ path }) => path), ["datasets/files.ts"]);
});

Deno.test("the library imports what only Deno and Node have when it is asked for, not before: a browser has it not", () => {
  const found = sources.filter(({ path, text }) =>
    floors[floorOf(path)]! < floors.cli! && /^(?:import(?! type\b)|export)[^;]*\bfrom "node:/m.test(code(text))
  );
  assert.deepEqual(found.map(({ path }) => path), []);
});

Deno.test("no file draws from Math.random", () => {
  assert.deepEqual(sources.filter(({ text }) => /Math\.random\b/.test(code(text))).map(({ path }) => path), []);
});

Deno.test("mod.ts names every type that what it exports speaks of", async () => {
  const args = ["doc", "--lint", "mod.ts"], cwd = new URL("../", import.meta.url), env = { NO_COLOR: "1" };
  const { stderr } = await new Deno.Command(Deno.execPath(), { args, cwd, env }).output();
  const said = new TextDecoder().decode(stderr);
  assert.deepEqual(said.match(/^error\[private-type-ref\].*$/gm) ?? [], []);
  assert.match(said, /missing-jsdoc/); // it did look
});

/** As `deno doc --json` describes what a module exports. */
interface Described {
  readonly name: string;
  readonly declarations: readonly {
    readonly kind: string;
    readonly jsDoc?: { readonly tags?: readonly { readonly kind: string; readonly doc?: string }[] };
  }[];
}
/**
 * What is only there for the compiler has nothing to run. All else has to be shown, without exception; of `ops` and
 * `initializers` this asks for one example each: their members are run by tests/conformance/ and tests/graphs/.
 */
const TYPES: ReadonlySet<string> = new Set(["interface", "typeAlias"]);

Deno.test("every function, class and constant of mod.ts has an @example that asserts", async () => {
  const args = ["doc", "--json", "mod.ts"], cwd = root, env = { NO_COLOR: "1" };
  const { stdout } = await new Deno.Command(Deno.execPath(), { args, cwd, env }).output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as {
    readonly nodes: Readonly<Record<string, { readonly symbols: readonly Described[] }>>;
  };
  const values = nodes[new URL("mod.ts", root).href]!.symbols.flatMap(({ name, declarations }) => {
    const found = declarations.filter(({ kind }) => !TYPES.has(kind));
    return found.length > 0 ? [{ name, tags: found.flatMap(({ jsDoc }) => jsDoc?.tags ?? []) }] : [];
  });
  assert(values.length > 100, "the values were found");
  const unshown = values.filter(({ tags }) =>
    !tags.some(({ kind, doc = "" }) => kind === "example" && /\bassert[.(]/.test(doc))
  );
  assert.deepEqual(unshown.map(({ name }) => name), []);
});
