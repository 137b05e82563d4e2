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
        assert.equal(code, 130);
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
