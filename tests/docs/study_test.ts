import assert from "node:assert/strict";
import { readYaml } from "../../options/yaml.ts";
import { WITHOUT_REDIS, withRedis } from "../cli/studies/redis_server.ts";
import { told, withSmallStudy } from "../cli/studies/small_study.ts";
import { fences, readPage } from "./pages.ts";

const blocks = fences(await readPage("docs/study.md"));

/** The command lines of foil in a text, with other words in the place of some. */
const commands = (text: string, words: Readonly<Record<string, string>>): string[][] =>
  Array.from(
    text.matchAll(/deno run -A cli\.ts (.*)/g),
    ([, line]) => line!.split(/\s+/).map((word) => words[word] ?? word),
  );

Deno.test({
  name: "the commands of a queue in docs/study.md submit, run and gather a study (needs redis-server)",
  ignore: WITHOUT_REDIS,
  fn: () =>
    withSmallStudy(({ folder, write }) =>
      withRedis(folder, async (socket) => {
        const file = await write({ data: `${folder}/one`, seeds: 1, epochs: 1 });
        const { text } = blocks.find(({ info }) => info === "sh with redis")!;
        const lines = commands(text, { "study.yaml": file, "redis://queue.example:6379": socket });
        assert.deepEqual(lines.map(([, name]) => name), ["submit", "worker", "status", "gather"]);
        const last = [];
        for (const line of lines) {
          const { code, lines, error } = await told(...line);
          assert.equal(code, 0, error);
          last.push(lines.at(-1));
        }
        const [submitted, , status, { parts: [{ rows }] }] = last;
        assert.deepEqual([submitted.submitted, status], [2, { event: "sum", trials: 2, done: 2 }]);
        assert(rows.every(({ cells }: { cells: unknown }) => cells !== null));
      })
    ),
});

/** What is looked at of a Kubernetes manifest. */
interface Job {
  readonly kind: string;
  readonly spec: {
    readonly completionMode: string;
    readonly template: {
      readonly spec: { readonly restartPolicy: string; readonly containers: readonly [{ readonly command: unknown }] };
    };
  };
}

Deno.test("the manifest in docs/study.md is an Indexed Job whose pods run a trial each", () =>
  withSmallStudy(async ({ write }) => {
    const file = await write({ epochs: 1 });
    const { text } = blocks.find(({ text }) => text.startsWith("# job.yaml"))!;
    const { kind, spec: { completionMode, template: { spec: { restartPolicy, containers: [{ command }] } } } } =
      readYaml(text) as Job;
    assert.deepEqual([kind, completionMode, restartPolicy], ["Job", "Indexed", "Never"]);
    const [sh, flag, script] = command as string[];
    assert.deepEqual([sh, flag], ["sh", "-c"]);
    // what the shell makes of the index
    const echo = new Deno.Command("sh", {
      args: ["-c", script!.replace(/^exec deno/, "echo deno")],
      env: { JOB_COMPLETION_INDEX: "4" },
    });
    const line = new TextDecoder().decode((await echo.output()).stdout);
    const [words] = commands(line, { "study.yaml": file });
    const { code, lines, error } = await told(...words!.filter(Boolean));
    assert.equal(code, 0, error);
    assert.deepEqual([lines.at(-1).index, lines.at(-1).data], [4, "other"]);
  }));
