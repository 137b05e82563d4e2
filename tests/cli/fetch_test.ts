import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { dataOptions, openWhole } from "../../cli/data_options.ts";
import { download } from "../../cli/download.ts";
import { fetchCommand } from "../../cli/fetch.ts";
import { resolve } from "../../options/option.ts";
import { zipOf } from "../datasets/zip_of.ts";
import { foil, inFolder, jsonLines } from "./foil.ts";

const archive = await zipOf({
  "ml-1m/ratings.dat": Array.from(
    { length: 4000 },
    (_, n) => `${n % 60}::${n * n % 97}::${1 + n % 5}::${978300760 + n}\n`,
  )
    .join(""),
});
const md5 = createHash("md5").update(archive).digest("hex");

/** How the host behaves. */
interface Host {
  ranges: boolean;
  etag: string;
  /** Bytes after which the connection breaks. */
  cutAt: number | undefined;
  /** What the file of the checksum says; undefined: there is none. */
  md5: string | undefined;
  body: Uint8Array<ArrayBuffer>;
}
interface Asked {
  readonly path: string;
  readonly range: string | null;
}

/** Runs with a host on loopback that serves /ml-1m.zip. */
async function withHost(run: (url: string, host: Host, asked: Asked[]) => Promise<void>): Promise<void> {
  const host: Host = { ranges: true, etag: '"a"', cutAt: undefined, md5: `MD5 (ml-1m.zip) = ${md5}\n`, body: archive };
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const path = request.url!, range = request.headers.range ?? null;
    asked.push({ path, range });
    if (path === "/ml-1m.zip.md5" && host.md5 !== undefined) return response.end(host.md5);
    if (path !== "/ml-1m.zip") return response.writeHead(404).end();
    const partly = host.ranges && range !== null && request.headers["if-range"] === host.etag;
    const from = partly ? Number(/^bytes=(\d+)-$/.exec(range)![1]) : 0, body = host.body.subarray(from);
    response.writeHead(partly ? 206 : 200, {
      etag: host.etag,
      "content-length": body.length,
      ...partly && { "content-range": `bytes ${from}-${host.body.length - 1}/${host.body.length}` },
    });
    if (host.cutAt === undefined) return response.end(body);
    response.write(body.subarray(0, host.cutAt), () => setTimeout(() => response.destroy(), 50));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  try {
    await run(`http://127.0.0.1:${(server.address() as { port: number }).port}/ml-1m.zip`, host, asked);
  } finally {
    await new Promise((closed) => {
      server.close(closed);
      server.closeAllConnections();
    });
  }
}

const fetchTo = (cache: string, url: string, name = "ml-1m") =>
  fetchCommand({ name, url, cache, json: false, quiet: true }, new AbortController().signal);
const names = async (folder: string) => (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();

Deno.test("fetch downloads, checks the publisher's MD5, keeps a receipt, and what it fetched is read by its name", () =>
  inFolder((cache) =>
    withHost(async (url, _host, asked) => {
      const { code, stdout, stderr } = await foil([
        "datasets",
        "fetch",
        "ml-1m",
        "--url",
        url,
        "--cache",
        cache,
        "--json",
      ]);
      assert.equal(code, 0, stderr);
      assert.match(stderr, /ml-1m: Harper & Konstan.*\nterms: research only.*README/);
      const [{ path, md5: checked, bytes }] = jsonLines(stdout);
      assert.deepEqual([path, checked, bytes], [`${cache}/ml-1m.zip`, md5, archive.length]);
      assert.deepEqual(await names(cache), ["ml-1m.zip", "ml-1m.zip.json"]);
      assert.deepEqual(await Deno.readFile(path), archive);

      // once more: from the cache
      const before = asked.length;
      await fetchTo(cache, url);
      assert.equal(asked.length, before);
      Deno.env.set("FOIL_CACHE", cache);
      try {
        const values = resolve("data", dataOptions, { data: "fetched:ml-1m" });
        assert.equal((await openWhole(values)).train.userCount, 60);
        await assert.rejects(openWhole({ ...values, data: "fetched:ml-20m" }), /fetch it: foil datasets fetch ml-20m/);
      } finally {
        Deno.env.delete("FOIL_CACHE");
      }
      // damaged in the cache: fetched anew
      await Deno.writeFile(path, archive.subarray(9));
      await fetchTo(cache, url);
      assert.deepEqual(await Deno.readFile(path), archive);
    })
  ));

Deno.test("a download that was interrupted goes on where it stopped, if the host has the same file still", async () => {
  const half = archive.length >> 1;
  for (
    const [change, range] of [[{}, `bytes=${half}-`], [{ etag: '"b"' }, `bytes=${half}-`], [
      { ranges: false },
      `bytes=${half}-`,
    ]] as const
  ) {
    await inFolder((cache) =>
      withHost(async (url, host, asked) => {
        host.cutAt = half;
        await assert.rejects(
          fetchTo(cache, url),
          new RegExp(`Cannot fetch "${url}": .*; the ${half} bytes that came are kept`),
        );
        assert.deepEqual(await names(cache), ["ml-1m.zip.part", "ml-1m.zip.part.json"]);
        Object.assign(host, { cutAt: undefined }, change);
        await fetchTo(cache, url);
        assert.deepEqual(asked.filter(({ path }) => path === "/ml-1m.zip").map((one) => one.range), [null, range]);
        assert.deepEqual(await Deno.readFile(`${cache}/ml-1m.zip`), archive);
        assert.deepEqual(await names(cache), ["ml-1m.zip", "ml-1m.zip.json"]);
      })
    );
  }
});

Deno.test("a file is fetched by one at a time, whose bytes the other's do not get into", () =>
  inFolder((cache) =>
    withHost(async (url, host) => {
      host.md5 = undefined;
      const path = `${cache}/a.zip`, both = await Promise.allSettled([1, 2].map(() => download({ url, path })));
      const refused = both.flatMap((one) => one.status === "rejected" ? [one.reason.message] : []);
      assert.deepEqual(refused, [`Cannot write "${path}.part": another process is writing it`]);
      assert.deepEqual(await Deno.readFile(path), archive);
      assert.deepEqual(await names(cache), ["a.zip"]);
    })
  ));

Deno.test("a file whose receipt could not be written has no name yet: the next attempt has both", () =>
  inFolder((cache) =>
    withHost(async (url) => {
      const receipt = `${cache}/ml-1m.zip.json`;
      await Deno.symlink("/dev/full", `${receipt}.tmp`);
      await assert.rejects(fetchTo(cache, url), { message: `Cannot write "${receipt}": the disk is full` });
      assert.deepEqual(await names(cache), ["ml-1m.zip.part", "ml-1m.zip.part.json"]);
      await fetchTo(cache, url);
      assert.deepEqual(await Deno.readFile(`${cache}/ml-1m.zip`), archive);
      assert.deepEqual(await names(cache), ["ml-1m.zip", "ml-1m.zip.json"]);
      await fetchTo(cache, url); // what is there is what its receipt says
    })
  ));

Deno.test("what is not what its publisher says is an error, and nothing is left that looks whole", () =>
  inFolder((cache) =>
    withHost(async (url, host) => {
      host.body = archive.map((byte, at) => at === 99 ? byte ^ 1 : byte);
      await assert.rejects(
        fetchTo(cache, url),
        /its MD5 is [0-9a-f]{32}, its publisher says [0-9a-f]{32}; what came was removed/,
      );
      assert.deepEqual(await names(cache), []);
      host.md5 = "<html>busy</html>";
      await assert.rejects(fetchTo(cache, url), /ml-1m.zip.md5", the checksum .* answers "<html>.*", which is no MD5/);
    })
  ));

Deno.test("where a mirror has no checksum, the SHA-256 is kept instead and said to be", () =>
  inFolder((cache) =>
    withHost(async (url, host) => {
      host.md5 = undefined;
      await fetchTo(cache, url);
      const { sha256, md5 } = JSON.parse(await Deno.readTextFile(`${cache}/ml-1m.zip.json`));
      assert.deepEqual([sha256, md5], [createHash("sha256").update(archive).digest("hex"), undefined]);
    })
  ));

Deno.test("what cannot be fetched is told by its URL: not found, nobody there, an unknown name, a file of one's own", () =>
  inFolder((cache) =>
    withHost(async (url) => {
      const missing = url.replace("ml-1m", "none");
      await assert.rejects(fetchTo(cache, missing), {
        message: `Cannot fetch "${missing}": the server answers 404 Not Found`,
      });
      await assert.rejects(
        fetchTo(cache, "http://127.0.0.1:1/ml-1m.zip"),
        /Cannot fetch "http:\/\/127.0.0.1:1\/ml-1m.zip.md5": /,
      );
      await assert.rejects(fetchTo(cache, url, "ml-2m"), /Cannot fetch "ml-2m": there are ml-100k, ml-1m, /);
      await Deno.writeTextFile(`${cache}/ml-1m.zip`, "mine");
      await assert.rejects(fetchTo(cache, url), /a file is there that was not fetched/);
      assert.deepEqual(await names(cache), ["ml-1m.zip"]);
    })
  ));
