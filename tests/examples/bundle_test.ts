import assert from "node:assert/strict";
import "../../mod.ts"; // which imports onnxruntime-web: of what no program imports, Deno resolves no file
import { inFolder } from "../cli/foil.ts";
import { readPage } from "../docs/pages.ts";

const PROGRAM = `
import { GraphBuilder, openRuntime, ops } from "${new URL("../../mod.ts", import.meta.url)}";
const graph = new GraphBuilder(), runtime = await openRuntime({ provider: "wasm" });
const program = await runtime.compile(graph, { outputs: { three: ops.add(graph.input("x", "float32", []), 1) }, updates: [] });
console.log((await program.run({ x: Float32Array.of(2) })).three[0]);
`;
/** What docs/library.md says a bundle lacks. */
const LACKING = ["ort-wasm-simd-threaded.jspi.wasm", "ort-wasm-simd-threaded.jspi.mjs"];

Deno.test("what `deno bundle` makes for Deno runs with two files of onnxruntime-web beside it, and not without", () =>
  inFolder(async (folder) => {
    const deno = (...args: readonly string[]) => new Deno.Command(Deno.execPath(), { args: [...args] }).output();
    await Deno.writeTextFile(`${folder}/program.ts`, PROGRAM);
    const bundled = `${folder}/program.js`;
    const { success, stderr } = await deno("bundle", "--quiet", "--no-lock", "-o", bundled, `${folder}/program.ts`);
    assert(success, new TextDecoder().decode(stderr));
    const run = () => deno("run", "-A", "--no-lock", bundled);
    assert.match(new TextDecoder().decode((await run()).stderr), /no available backend found/);
    const page = await readPage("docs/library.md"), runtime = import.meta.resolve("npm:onnxruntime-web@1.30.0/jspi");
    for (const name of LACKING) {
      assert(page.includes(`\`${name}\``), name);
      assert.equal((await run()).success, false, `without ${name}`);
      await Deno.copyFile(new URL(name, runtime), `${folder}/${name}`);
    }
    assert.equal(new TextDecoder().decode((await run()).stdout), "3\n");
  }));
