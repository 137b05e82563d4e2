import assert from "node:assert/strict";
import { ROOT } from "../../docs/pages.ts";
import { WITHOUT_REDIS, withRedis } from "./redis_server.ts";
import { told, trialsIn, withSmallStudy } from "./small_study.ts";

const at = (path: string) => new URL(path, ROOT).pathname;
/** A worker that is a process of its own. */
const startWorker = (...args: string[]) =>
  new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", `--lock=${at("tests/deno.lock")}`, at("cli.ts"), "study", "worker", ...args],
    stdout: "null",
    stderr: "piped",
  }).spawn();

/** The trials of a folder that have got as far as their first checkpoint. */
const begun = async (trials: string): Promise<readonly string[]> => {
  const names = await Array.fromAsync(Deno.readDir(trials), ({ name }) => name).catch(() => []);
  const there = await Promise.all(
    names.map((name) => Deno.stat(`${trials}/${name}/checkpoint.safetensors`).catch(() => null)),
  );
  return names.filter((_, at) => there[at]);
};
const firstBegun = async (trials: string): Promise<string> => {
  for (;;) {
    const [name] = await begun(trials);
    if (name !== undefined) return name;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
const firstEpoch = async (trial: string) => (await Deno.readTextFile(`${trial}/log.jsonl`)).split("\n")[0]!;

Deno.test({
  name:
    "of workers that are killed (-9) or told to stop nothing is lost: others end their trials with the same bytes " +
    "(needs redis-server)",
  ignore: WITHOUT_REDIS,
  fn: () =>
    withSmallStudy(({ folder, write }) =>
      withRedis(folder, async (socket) => {
        const file = await write({ data: `${folder}/one`, samplers: "rns", epochs: 20, patience: 99 });
        const study = (...args: string[]) => told("study", ...args, "--redis", socket);
        const counts = async () => (await study("status", file)).lines.at(-1);
        assert.deepEqual((await study("submit", file)).lines[0].submitted, 2);
        assert.deepEqual((await study("submit", file)).lines[0].submitted, 0, "they are in the queue once");

        const killed = startWorker("--redis", socket, "--lease", "1", "--out", `${folder}/a`);
        await firstBegun(`${folder}/a/one/trials`);
        killed.kill("SIGKILL");
        await killed.output();
        assert.deepEqual(await counts(), { event: "sum", trials: 2, running: 1, waiting: 1 });

        const stopped = startWorker("--redis", socket, "--lease", "30", "--out", `${folder}/b`);
        const given = await firstBegun(`${folder}/b/one/trials`);
        stopped.kill("SIGTERM");
        const { code, stderr } = await stopped.output();
        assert.equal(code, 0);
        assert.match(new TextDecoder().decode(stderr), /one: rns, seed [01]: given back/);
        const before = await firstEpoch(`${folder}/b/one/trials/${given}`);

        const last = await study("worker", "--lease", "1", "--drain", "--out", `${folder}/b`);
        assert.equal(last.code, 0, last.error);
        assert.deepEqual(last.lines.filter(({ event }) => event === "trial").length, 2);
        assert.equal(await firstEpoch(`${folder}/b/one/trials/${given}`), before, "it went on where the other stopped");
        assert.deepEqual(await counts(), { event: "sum", trials: 2, sent: 2 });

        assert.equal((await study("gather", file, "--clear")).code, 0);
        assert.deepEqual(await counts(), { event: "sum", trials: 2, done: 2 });
        assert.equal((await told("study", "run", file, "--out", `${folder}/undisturbed`)).code, 0);
        const trials = (out: string) => trialsIn(`${folder}/${out}/one/trials`);
        assert.deepEqual(await trials("runs"), await trials("undisturbed"));
      })
    ),
});

Deno.test({
  name:
    "a worker with other data gives its trial back and ends; a trial that fails says why, and may be submitted again " +
    "(needs redis-server)",
  ignore: WITHOUT_REDIS,
  fn: () =>
    withSmallStudy(({ folder, write }) =>
      withRedis(folder, async (socket) => {
        const file = await write({ data: `${folder}/one`, samplers: "sbpr", seeds: 1 }); // sbpr needs friends
        const study = (...args: string[]) => told("study", ...args, "--redis", socket);
        const submitted = async () => (await study("submit", file)).lines[0].submitted;
        assert.equal(await submitted(), 1);
        await Deno.rename(`${folder}/one`, `${folder}/three`);
        await Deno.rename(`${folder}/two`, `${folder}/one`);
        const unsuited = await study("worker", "--drain");
        assert.equal(unsuited.code, 1);
        assert.match(
          unsuited.error,
          /its data are others here, or Foil's version is; "one: sbpr, seed 0" is given back$/,
        );

        await Deno.rename(`${folder}/one`, `${folder}/two`);
        await Deno.rename(`${folder}/three`, `${folder}/one`);
        assert.deepEqual((await study("status", file)).lines.at(-1), { event: "sum", trials: 1, waiting: 1 });
        const worker = await study("worker", "--drain", "--out", `${folder}/elsewhere`);
        assert.deepEqual([worker.code, worker.lines.map(({ event }) => event)], [0, ["failed"]]);
        const [failed] = (await study("status", file)).lines;
        assert.deepEqual([failed.state, /friends/.test(failed.note)], ["failed", true]);
        const gathered = await study("gather", file);
        assert.equal(gathered.code, 1);
        assert.match(gathered.lines[0].parts[0].rows[0].failed[0].error, /friends/);
        assert.equal(await submitted(), 1);
      })
    ),
});
