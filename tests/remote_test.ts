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

Deno.test("mod.ts imported over http, from an empty folder without configuration, trains the embedded dataset", async () => {
  const server = serveProject(), folder = await Deno.makeTempDir();
  try {
    const program = `
      import { adam, bpr, catalogue, dns, embeddedDataset, fullRanking, mf, openRuntime, train } from "${server.url}/mod.ts";
      const data = await embeddedDataset(), backbone = mf({ dim: 16 });
      const runtime = await openRuntime({ provider: "wasm", seed: 1 });
      const ranking = await fullRanking(runtime, backbone, catalogue(data.train), data.valid!, { metrics: ["ndcg@20"] });
      const before = (await ranking.evaluate()).metrics["ndcg@20"];
      for await (const _ of train({
        runtime, data: data.train, backbone, sampler: dns({ pool: 8 }), loss: bpr(), optimizer: adam({ lr: 0.01 }), epochs: 5,
      })) { /* every epoch */ }
      console.log(JSON.stringify({ before, after: (await ranking.evaluate()).metrics["ndcg@20"] }));
    `;
    await Deno.writeTextFile(`${folder}/main.ts`, program);
    const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--no-config", "main.ts"],
      cwd: folder,
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    const { before, after } = JSON.parse(new TextDecoder().decode(stdout));
    assert(after > 0.25 && after > 4 * before, `NDCG@20 went from ${before} to ${after}`);
  } finally {
    await server.close();
    await Deno.remove(folder, { recursive: true });
  }
});
