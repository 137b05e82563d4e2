import assert from "node:assert/strict";
import { neumf } from "../models/exported.ts";
import { fences, pages, readPage, ROOT } from "./pages.ts";

const PEOPLE = ["ann", "bob", "cat", "dan", "eve", "fay", "gus", "hal", "ida", "jon"];

/** A log of ten people, each of whom met every item but those of one residue. */
function log(header: string, rest: (person: number, item: number) => string): string {
  const rows = PEOPLE.flatMap((name, person) =>
    Array.from({ length: 24 }, (_, item) => item).filter((item) => (item + person) % 3 > 0)
      .map((item) => `${name},item${item}${rest(person, item)}`)
  );
  return [header, ...rows, ""].join("\n");
}

/** What the pages' commands read. */
const inputs: Readonly<Record<string, string | Uint8Array>> = {
  "my-log.csv": log(
    "user,item,rating,timestamp",
    (person, item) => `,${1 + item % 5},${1_600_000_000 + 97 * item + person}`,
  ),
  "orders.csv": log("buyer,sku", () => ""),
  "clicks.csv": log("user,item", () => "").replaceAll("item", "").replace("user,", "user,item")
    .replaceAll(/^[a-z]{3}(?=,)/gm, (name) => `${PEOPLE.indexOf(name)}`),
  "model.onnx": neumf({ users: PEOPLE.length, items: 24 }),
};

/**
 * A command line with the project's own files where they are, and the lock file of tests: `report` loads Vega. All other
 * files are in the temporary folder.
 */
const located = (line: string) =>
  line.replace(/\bdeno run -A\b/, `deno run -A --lock=${new URL("tests/deno.lock", ROOT).pathname}`).replace(
    /\bcli\.ts\b/,
    new URL("cli.ts", ROOT).pathname,
  )
    .replace(/\bexamples\/\w+\.ts\b/, (path) => new URL(path, ROOT).pathname);

for (const page of pages) {
  const blocks = fences(await readPage(page));
  const commands = blocks.filter(({ info }) => info === "sh run").map(({ text }) => text);
  if (commands.length === 0) continue;
  Deno.test(`the commands of ${page} run, in order, in a folder with the files they name`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "foil-docs" });
    try {
      const configs = blocks.flatMap(({ info, text }) => {
        const name = /^# (\S+\.(?:yaml|sbatch))$/m.exec(text)?.[1];
        const script = info === "bash" ? text.split("\n").map(located).join("\n") : text;
        return (info === "yaml" || info === "bash") && name !== undefined ? [[name, script] as const] : [];
      });
      for (const [name, text] of [...Object.entries(inputs), ...configs]) {
        await Deno.writeFile(`${folder}/${name}`, typeof text === "string" ? new TextEncoder().encode(text) : text);
      }
      const script = commands.join("\n").split("\n").map(located).join("\n");
      const { code, stdout, stderr } = await new Deno.Command("sh", { args: ["-ec", script], cwd: folder }).output();
      const [out, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
      assert.equal(code, 0, `${script}\n${out}\n${said}`);
      assert(out !== "", `${script}\nprinted nothing`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("a sh block is either run or shows what is not for a test: placeholders, the demo, the gate", async () => {
  for (const page of pages) {
    for (const { info, text } of fences(await readPage(page))) {
      if (info === "sh") assert.match(text, /<folder>|deno task (demo|ok)/, `${page} has a block that nothing runs`);
    }
  }
});

Deno.test("links between pages lead to files", async () => {
  for (const page of pages) {
    const prose = (await readPage(page)).replaceAll(/^```[\s\S]*?^```$/gm, "");
    for (const [, link] of prose.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      const target = new URL(link!, new URL(page, ROOT));
      await assert.doesNotReject(Deno.stat(target), `${page} links to "${link}", which is not there`);
    }
  }
});
