import assert from "node:assert/strict";

const ROOT = new URL("../", import.meta.url);

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

Deno.test("examples/train.ts with mod.ts by its URL, in an empty folder without configuration, ranks twice as well as popularity", async () => {
  const server = serveProject(), folder = await Deno.makeTempDir();
  try {
    const example = await Deno.readTextFile(new URL("examples/train.ts", ROOT));
    await Deno.writeTextFile(`${folder}/main.ts`, example.replace("../mod.ts", `${server.url}/mod.ts`));
    const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--allow-read", "--allow-net=127.0.0.1", "--allow-import", "--no-config", "main.ts"],
      cwd: folder,
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    const printed = new TextDecoder().decode(stdout);
    const [model, popular] = ["model", "most popular"].map((of) =>
      Number(new RegExp(`test NDCG@20: ${of} ([0-9.]+)`).exec(printed)?.[1])
    );
    assert(popular! > 0.1 && model! > 2 * popular!, printed);
  } finally {
    await server.close();
    await Deno.remove(folder, { recursive: true });
  }
});
