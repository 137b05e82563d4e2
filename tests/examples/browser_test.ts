import assert from "node:assert/strict";
import { bundle, filesOf } from "../../examples/browser/serve.ts";
import { inFolder } from "../cli/foil.ts";
import { SMALL_LOG } from "../cli/trained_run.ts";
import { hasChromium, type Page, withPage } from "./chromium.ts";

/** By when the page has trained, or never will. */
const LATE_MS = 120_000;

/** Presses "Train" and waits for a list, or for what goes wrong. */
async function train(page: Page, epochs: number): Promise<{ said: string; rows: number[][]; list: string[] }> {
  await page.evaluate(`new Promise((done, late) => {
    setTimeout(() => late(new Error(document.body.innerText)), ${LATE_MS});
    document.querySelector("[name=epochs]").value = ${epochs};
    new MutationObserver((_, own) => {
      if (document.querySelector("form").ariaBusy) return;
      own.disconnect();
      done();
    }).observe(document.querySelector("form"), { attributes: true });
    document.querySelector("button").click();
  })`);
  const text = (selector: string) =>
    page.evaluate<string[]>(`[...document.querySelectorAll("${selector}")].map((at) => at.textContent)`);
  const cells = (await text("#epochs td")).map(Number);
  const rows = Array.from({ length: cells.length / 3 }, (_, at) => cells.slice(3 * at, 3 * at + 3));
  return { said: (await text("#said"))[0]!, rows, list: await text("#list li") };
}

Deno.test({
  name:
    "examples/browser trains in a page, on the embedded dataset and on a file, and asks nobody but its host (needs: chromium)",
  ignore: !hasChromium,
  fn: () =>
    inFolder(async (folder) => {
      await bundle(folder);
      await Deno.writeTextFile(`${folder}/log.csv`, SMALL_LOG);
      const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, filesOf(folder));
      const host = `http://127.0.0.1:${server.addr.port}/`;
      try {
        await withPage(host, async (page) => {
          const embedded = await train(page, 3);
          assert.match(
            embedded.said,
            /^synthetic: 943 users, 1682 items, \d+ interactions to train on\. Runs on wasm: /,
          );
          const [first, , last] = embedded.rows;
          assert(last![1]! < first![1]! && last![2]! > 1.2 * first![2]!, `${embedded.rows}`);
          assert.equal(embedded.list.length, 10);

          await page.choose("[name=log]", `${folder}/log.csv`);
          const own = await train(page, 2);
          assert.match(own.said, /^log\.csv: 12 users, 18 items, 114 interactions/);
          assert.deepEqual([own.rows.length, own.list.length > 0], [2, true]);
          assert.deepEqual(page.errors, []);
          assert.deepEqual(page.requests.filter((url) => !url.startsWith(host)), []);
        });
      } finally {
        await server.shutdown();
      }
    }),
});

Deno.test("examples/browser is served also where no lock file names what it copies, as in another project", async () => {
  const served = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", new URL("../../examples/browser/serve.ts", import.meta.url).pathname, "0"],
    stdin: "null",
    stdout: "null",
    stderr: "piped", // which Deno.serve tells its address
  }).spawn();
  let said = "";
  for await (const piece of served.stderr.pipeThrough(new TextDecoderStream())) {
    said += piece;
    if (said.includes("Listening")) break;
  }
  assert.match(said, /Listening on http/);
  served.kill();
  await served.status;
});
