import assert from "node:assert/strict";
import { foilProcess, inFolder } from "./foil.ts";
import { quietly, SMALL, writeSmallRun } from "./small_run.ts";

interface Service {
  readonly url: string;
  /** What it has said on stderr. */
  readonly said: () => string;
  readonly kill: (signal: Deno.Signal) => void;
  /** Its exit code. */
  readonly ended: Promise<number>;
}

/** Uses a service of a small run, which is then told to stop and must end well. */
const serving = (args: readonly string[], use: (service: Service, run: string) => Promise<void>) =>
  inFolder(async (folder) => {
    const run = `${folder}/run`;
    await writeSmallRun(run);
    const child = foilProcess(["serve", "--run", run, "--port", "0", "--json", ...args], folder);
    let said = "", out = "";
    const heard = (async () => {
      for await (const part of child.stderr.pipeThrough(new TextDecoderStream())) said += part;
    })();
    const listening = Promise.withResolvers<string>();
    const printed = (async () => {
      for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
        out += part;
        if (out.includes("\n")) listening.resolve(JSON.parse(out.split("\n")[0]!).url);
      }
      listening.reject(new Error(`it ended: ${said}`));
    })();
    const ended = child.status.then(({ code }) => code);
    try {
      const url = await listening.promise;
      await use({ url, said: () => said, kill: (signal) => child.kill(signal), ended }, run);
      try {
        child.kill("SIGTERM");
      } catch { /* it has been told to stop */ }
      assert.equal(await ended, 0, said);
    } finally {
      try {
        child.kill("SIGKILL");
      } catch { /* it has ended */ }
      await Promise.all([heard, printed, ended]);
    }
  });

const ask = async (url: string, init?: RequestInit) => {
  const response = await fetch(url, init);
  return { status: response.status, headers: response.headers, body: await response.json() };
};
/** Long past what anything here takes: without it, what never holds would be waited for for good. */
const GIVEN_UP_MS = 120_000;
const until = async (holds: () => Promise<boolean>) => {
  const started = performance.now();
  while (!await holds()) {
    if (performance.now() - started > GIVEN_UP_MS) throw new Error(`it never held that ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
const LIMITS = ["--max-top", "3", "--max-items", "3", "--max-body", "200", "--max-url", "300", "--max-requests", "2"];

Deno.test("serve answers with the log's ids, names what is wrong with a request, and keeps its limits", () =>
  serving([...LIMITS, "--timeout", "4", "--watch", "0"], async ({ url, said }) => {
    const items = async (path: string, init?: RequestInit) => {
      const { status, body } = await ask(`${url}${path}`, init);
      assert.equal(status, 200, JSON.stringify(body));
      return body.items.map(({ item }: { item: string }) => item);
    };
    assert.deepEqual((await ask(`${url}/recommend?user=bob&n=1`)).body, {
      user: "bob",
      items: [{ item: "gin", score: 4, title: "Gin" }],
    });
    assert.deepEqual(await items("/recommend?user=ann"), ["gin", "rum"]);
    assert.deepEqual(await items("/recommend?items=rum"), ["gin", SMALL.items[1], "tea"]);
    const post = (body: unknown, type = "application/json") => ({
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers: { "content-type": type },
    });
    assert.deepEqual(await items("/recommend", post({ items: ["tea"], n: 1 })), [SMALL.items[1]]);
    assert.deepEqual(await items("/similar?item=gin&n=1"), ["rum"]);
    assert.deepEqual(await items("/recommend?user=bob&without=gin"), [SMALL.items[1], "tea"]);
    assert.deepEqual(await items("/recommend", post({ items: ["rum"], among: ["tea", SMALL.items[1]] })), [
      SMALL.items[1],
      "tea",
    ]);
    assert.deepEqual(await items("/similar?item=gin&without=rum&among=tea,rum"), ["tea"]);
    const some = await ask(
      `${url}/recommend`,
      post({ user: "ann", without: ["gin", "ale"], among: ["rum", "beer", 7] }),
    );
    assert.deepEqual(some.body, { user: "ann", items: [{ item: "rum", score: 0, title: "Rum" }], unknown: 3 });
    assert.deepEqual((await ask(`${url}/similar?item=gin&among=ale`)).body, { item: "gin", items: [], unknown: 1 });
    assert.deepEqual(await items("/recommend", post({ user: "ann", without: [] })), ["gin", "rum"]);
    assert.deepEqual(await items("/recommend", post({ user: "ann", among: [] })), []);
    // asked together, each has its own
    assert.deepEqual(
      await Promise.all(["", "&without=gin", "&among=tea"].map((more) => items(`/recommend?user=bob${more}`))),
      [["gin", SMALL.items[1], "tea"], [SMALL.items[1], "tea"], ["tea"]],
    );
    const { body: health } = await ask(`${url}/health`);
    for (const path of ["/health", "/recommend?user=bob", "/similar?item=gin"]) {
      const head = await fetch(`${url}${path}`, { method: "HEAD" });
      assert.deepEqual([head.status, await head.text()], [200, ""]);
    }
    assert.deepEqual([health.status, health.model.backbone, health.model.users, health.model.items], [
      "ok",
      "mf:dim=2",
      3,
      4,
    ]);
    assert(Date.now() - Date.parse(health.model.loaded) < 600_000);

    const wrong: readonly (readonly [string, RequestInit | undefined, number, string | undefined, RegExp])[] = [
      ["/recommend?user=zoe", undefined, 404, "user", /does not know "zoe"/],
      ["/recommend?user=cat", undefined, 404, "user", /does not know "cat"/], // met nothing that was trained on
      ["/recommend?items=rum,ale", undefined, 404, "items", /does not know "ale"/],
      ["/similar?item=ale", undefined, 404, "item", /does not know/],
      ["/recommend", undefined, 400, "user", /give one of them/],
      ["/recommend?user=ann&items=rum", undefined, 400, "items", /give one of them/],
      ["/recommend?user=ann&n=4", undefined, 400, "n", /from 1 to 3, found "4"/],
      ["/recommend?user=ann&n=1.5", undefined, 400, "n", /whole number/],
      ["/recommend?user=ann&k=2", undefined, 400, "k", /no parameter "k"/],
      ["/recommend?user=ann&user=bob", undefined, 400, "user", /twice/],
      ["/recommend?items=tea,tea,tea,tea", undefined, 400, "items", /at most 3 ids, found 4/],
      [
        "/recommend?user=ann&without=tea,tea,tea,tea",
        undefined,
        400,
        "without",
        /"without" has at most 3 ids, found 4/,
      ],
      ["/recommend?user=ann&among=", undefined, 400, "among", /"among" is a list of ids, found ""/],
      ["/recommend", post({ user: "ann", among: 1 }), 400, "among", /"among" is a list of ids, found 1/],
      ["/recommend", post({ user: "ann", without: [null] }), 400, "without", /"without" is a list of ids/],
      ["/similar", undefined, 400, "item", /is an id, found nothing/],
      ["/recommend", post({ items: [{}] }), 400, "items", /list of ids/],
      ["/recommend", post("{"), 400, undefined, /no JSON/],
      ["/recommend", post([1]), 400, undefined, /JSON object/],
      ["/recommend", post("user=ann", "text/plain"), 415, undefined, /found "text\/plain"/],
      ["/recommend", post({ items: ["x".repeat(300)] }), 413, undefined, /at most 200 bytes/],
      [`/recommend?user=${"x".repeat(300)}`, undefined, 414, undefined, /at most 300 characters/],
      ["/recommend?user=ann", { method: "DELETE" }, 405, undefined, /takes GET, HEAD, POST, found DELETE/],
      ["/users", undefined, 404, undefined, /there are \/recommend, \/similar, \/health/],
    ];
    for (const [path, init, status, parameter, error] of wrong) {
      const found = await ask(`${url}${path}`, init);
      assert.deepEqual(
        [found.status, found.body.parameter],
        [status, parameter],
        `${path}: ${JSON.stringify(found.body)}`,
      );
      assert.match(found.body.error, error);
    }
    assert.equal((await ask(`${url}/similar`, { method: "PUT" })).headers.get("allow"), "GET, HEAD");

    // two requests whose bodies do not come hold both places until their time is over
    const stalled = [1, 2].map(() =>
      ask(`${url}/recommend`, {
        method: "POST",
        body: new ReadableStream(),
        headers: { "content-type": "application/json" },
      })
    );
    await until(async () => (await ask(`${url}/health`)).body.requests.inFlight === 2);
    const third = await ask(`${url}/recommend?user=ann`);
    assert.deepEqual([third.status, third.headers.get("retry-after")], [503, "1"]);
    assert.deepEqual((await Promise.all(stalled)).map(({ status }) => status), [408, 408]);
    await until(async () => (await ask(`${url}/health`)).body.requests.inFlight === 0);
    assert.deepEqual(await items("/recommend?user=ann"), ["gin", "rum"]);
    assert.equal((await ask(`${url}/health`)).body.requests.failed, 0);
    assert.equal(said(), "");
  }));

Deno.test("a new model answers from a reload on, no request is dropped, and one that cannot be loaded changes nothing", () =>
  serving(["--watch", "0.1"], async ({ url, said, kill }, run) => {
    const best: string[] = [], statuses = new Set<number>();
    let asking = true;
    const clients = Array.from({ length: 4 }, async () => {
      while (asking) {
        const { status, body } = await ask(`${url}/recommend?user=bob&n=1`);
        statuses.add(status);
        best.push(body.items[0].item);
      }
    });
    const health = async () => (await ask(`${url}/health`)).body;
    await until(() => Promise.resolve(best.length > 20));
    await writeSmallRun(run, { item: [[3, 0], [2, 9], [0, 3], [1, 4]] }); // the watch finds it
    await until(() => Promise.resolve(best.at(-1) !== "gin"));
    await Deno.writeTextFile(`${run}/weights.safetensors`, "no weights");
    await until(async () => (await health()).failedReload !== undefined);
    assert.match((await health()).failedReload.error, /Cannot read ".*weights\.safetensors" as safetensors/);
    await writeSmallRun(run, { item: [[NaN, 0], [2, 9], [0, 3], [1, 4]] });
    await until(async () => /"item" is not finite/.test((await health()).failedReload.error));
    const before = best.length;
    await until(() => Promise.resolve(best.length > before + 20));
    assert.equal(best.at(-1), SMALL.items[1]);
    await writeSmallRun(run);
    kill("SIGHUP");
    await until(() => Promise.resolve(best.at(-1) === "gin"));
    asking = false;
    await Promise.all(clients);
    assert.deepEqual([...statuses], [200]);
    assert.equal((await health()).failedReload, undefined);
    // each client's answers change from one model to the next, and never back between
    const changes = best.filter((item, at) => at > 0 && item !== best[at - 1]).length;
    assert(changes >= 2 && changes <= 2 * 2 * clients.length, `${changes} changes`);
    assert.match(said(), /the model is a new one[\s\S]*stays: [\s\S]*stays: [\s\S]*the model is a new one/);
  }));

Deno.test("told to stop, it answers what is under way, takes nothing new, and ends with 0", () =>
  serving(["--watch", "0"], async ({ url, kill, ended, said }) => {
    const body = JSON.stringify({ items: ["rum"], n: 1 }), { hostname, port } = new URL(url);
    const connection = await Deno.connect({ hostname, port: Number(port) });
    const send = (text: string) => connection.write(new TextEncoder().encode(text));
    const head = ["POST /recommend HTTP/1.1", `Host: ${hostname}`, "Content-Type: application/json"];
    await send([...head, `Content-Length: ${body.length}`, "", body.slice(0, 5)].join("\r\n"));
    await until(async () => (await ask(`${url}/health`)).body.requests.inFlight === 1);
    kill("SIGTERM");
    await until(() => Promise.resolve(said().includes("stopping")));
    assert.deepEqual((await ask(`${url}/recommend?user=ann`)).status, 503);
    const { status, body: { status: word } } = await ask(`${url}/health`);
    assert.deepEqual([status, word], [503, "stopping"]);
    await send(body.slice(5));
    const answer = await new Response(connection.readable).text();
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(answer, /"items":\[\{"item":"gin"/);
    assert.equal(await ended, 0);
    await assert.rejects(fetch(`${url}/health`));
  }));

Deno.test("what was sent before it was told to stop, and is not read yet, is answered, too", () =>
  serving(["--watch", "0"], async ({ url, kill, ended }) => {
    const { hostname, port } = new URL(url), request = `GET /recommend?user=ann HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`;
    kill("SIGSTOP"); // so that they wait for it, all at once
    const connections = await Promise.all(
      Array.from({ length: 50 }, () => Deno.connect({ hostname, port: Number(port) })),
    );
    for (const connection of connections) await connection.write(new TextEncoder().encode(request));
    kill("SIGTERM");
    kill("SIGCONT");
    const answers = await Promise.all(connections.map(({ readable }) => new Response(readable).text()));
    for (const answer of answers) assert.match(answer, /^HTTP\/1\.1 (200|503) /);
    assert.equal(await ended, 0);
  }));

Deno.test("pages of an allowed origin may ask from browsers, which ask before; without --allow-origin none may", async () => {
  const asked = { headers: { origin: "https://shop.example", "access-control-request-method": "POST" } };
  const before = (url: string) => fetch(`${url}/recommend`, { method: "OPTIONS", ...asked });
  const allowing = ["--allow-origin", "https://shop.example"];
  await serving(allowing, async ({ url }) => {
    const { status, headers } = await before(url);
    const said = ["origin", "methods", "headers"].map((name) => headers.get(`access-control-allow-${name}`));
    assert.deepEqual([status, ...said], [204, "https://shop.example", "GET, HEAD, POST", "content-type"]);
    for (const path of ["/recommend?user=bob", "/recommend?user=nobody", "/none"]) {
      const answer = await ask(`${url}${path}`);
      assert.equal(answer.headers.get("access-control-allow-origin"), "https://shop.example");
      assert.equal(answer.headers.get("vary"), "origin");
    }
  });
  await serving([], async ({ url }) => {
    const { status, headers, body } = await before(url).then(async (response) => ({
      ...{ status: response.status, headers: response.headers, body: await response.text() },
    }));
    assert.equal(status, 405, body);
    assert.equal(headers.get("access-control-allow-origin"), null);
    const given = { method: "POST", headers: { "content-type": "application/json" }, body: '{"user":"bob"}' };
    const twice = await ask(`${url}/recommend?user=ann`, given);
    assert.deepEqual([twice.status, twice.body.error], [400, '"user" is in the URL and in the body: give one']);
  });
});

Deno.test("a service that cannot start says why", () =>
  inFolder(async (folder) => {
    const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 }), run = `${folder}/run`;
    await writeSmallRun(run);
    await Deno.writeTextFile(`${folder}/ids.json`, JSON.stringify({ users: ["ann"], items: SMALL.items }));
    for (
      const [args, message] of [
        [[], /--run says which folder/],
        [["--run", `${folder}/none`], /there is no such folder/],
        [["--run", run, "--allow-origin", "shop.example/a"], /Cannot allow origin "shop\.example\/a": expected one as/],
        [["--run", run, "--port", `${taken.addr.port}`], /Cannot listen at 127\.0\.0\.1:\d+: .*in use/i],
      ] as const
    ) {
      const { code, said } = await quietly(["serve", ...args]);
      assert.equal(code, 1);
      assert.match(said, message);
    }
    await Deno.copyFile(`${folder}/ids.json`, `${run}/ids.json`);
    assert.match((await quietly(["serve", "--run", run])).said, /of 3 users and 4 items, its ids\.json names 1 and 4/);
    taken.close();
  }));

Deno.test("a host that makes no URL, and a number that has lost digits, are refused, and nothing is said on stderr", () =>
  serving([], async ({ url, said }) => {
    const { port } = new URL(url);
    for (const host of ["a b", "[::", "x:99999"]) {
      using connection = await Deno.connect({ port: Number(port) });
      const request = `GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
      await connection.write(new TextEncoder().encode(request));
      const answer = await new Response(connection.readable).text();
      assert.match(answer, /^HTTP\/1\.1 400 [^]*\{"error":"the host and path make no URL: /);
    }
    const headers = { "content-type": "application/json" };
    for (const [parameter, given] of [["user", "9007199254740993"], ["items", "[9007199254740993]"]] as const) {
      const body = `{"${parameter}": ${given}}`;
      const { status, body: { error } } = await ask(`${url}/recommend`, { method: "POST", headers, body });
      assert.equal(status, 400);
      assert.match(error, new RegExp(`"${parameter}" is (an id|a list of ids), found`));
    }
    const of = { method: "POST", headers, body: '{"toString": 1}' };
    assert.match((await ask(`${url}/recommend`, of)).body.error, /there is no parameter "toString"/);
    assert.doesNotMatch(said(), /error/i);
  }));
