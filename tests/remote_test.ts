import assert from "node:assert/strict";

const ROOT = new URL("../", import.meta.url);

/** Deno keeps modules by their URL: a port that comes again must not bring what was served there before. */
const fresh = (url: string) => `--reload=${url}`;

/** Serves the project's files on loopback, as a host of raw files would. */
function serveProject(): { readonly url: string; readonly close: () => Promise<void> } {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const path = new URL(request.url).pathname.slice(1);
    try {
      const bytes = await Deno.readFile(new URL(path, ROOT));
      const type = path.endsWith(".ts") ? "application/typescript" : "text/plain";
      return new Response(bytes, { headers: { "content-type": type } });
    } catch {
      return new Response(null, { status: 404 });
    }
  });
  return { url: `http://127.0.0.1:${server.addr.port}`, close: () => server.shutdown() };
}

/** What a program printed that runs in an empty folder without configuration; `program` is given where the project is. */
async function printedBy(program: (url: string) => string, ...permissions: readonly string[]): Promise<string> {
  const server = serveProject(), folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/main.ts`, program(server.url));
    const permitted = ["--no-prompt", "--allow-net=127.0.0.1", "--allow-import", ...permissions];
    const args = ["run", ...permitted, fresh(server.url), "--no-config", "main.ts"];
    const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), { args, cwd: folder }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  } finally {
    await server.close();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("examples/train.ts with mod.ts by its URL, in an empty folder without configuration, ranks twice as well as popularity", async () => {
  const example = await Deno.readTextFile(new URL("examples/train.ts", ROOT));
  const printed = await printedBy((url) => example.replace("../mod.ts", `${url}/mod.ts`), "--allow-read");
  const [model, popular] = ["model", "most popular"].map((of) =>
    Number(new RegExp(`test NDCG@20: ${of} ([0-9.]+)`).exec(printed)?.[1])
  );
  assert(popular! > 0.1 && model! > 2 * popular!, printed);
});

Deno.test("recipes and the embedded dataset are fetched from where mod.ts is", async () => {
  const printed = await printedBy((url) => `
    import { embeddedDataset, factsOf, loadRecipe, settledRecipe } from "${url}/mod.ts";
    const facts = factsOf((await embeddedDataset()).train);
    console.log(settledRecipe(await loadRecipe("strong"), facts).options.sampler);`);
  assert.equal(printed.trim(), "in-batch");
});

Deno.test("a project that imports a checkout's mod.ts is checked under Deno's own compiler options", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/main.ts`, `import { mf } from "${ROOT}mod.ts";\nconsole.log(mf.name);`);
    const args = ["check", "--no-config", "--no-lock", "main.ts"];
    const { stderr, code } = await new Deno.Command(Deno.execPath(), { args, cwd: folder }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
