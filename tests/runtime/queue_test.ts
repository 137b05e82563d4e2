import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { queue } from "../../runtime/queue.ts";

const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

Deno.test("jobs never overlap and run in the order asked for, whatever each takes", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(3), { maxLength: 6 }), async (lengths) => {
      const run = queue(), log: string[] = [];
      await Promise.all(lengths.map((ms, job) =>
        run(async () => {
          log.push(`${job} starts`);
          await later(ms);
          log.push(`${job} ends`);
        })
      ));
      assert.deepEqual(log, lengths.flatMap((_, job) => [`${job} starts`, `${job} ends`]));
    }),
    { numRuns: 15, seed: 1 },
  );
});

Deno.test("a job's result and its failure reach who asked, and a failure does not stop the next", async () => {
  const run = queue();
  const failing = run(() => Promise.reject(new Error("job 1")));
  const next = run(() => Promise.resolve(2));
  await assert.rejects(failing, /job 1/);
  assert.equal(await next, 2);
});

Deno.test("a job that throws at once fails its own promise only", async () => {
  const run = queue();
  await assert.rejects(
    run(() => {
      throw new Error("at once");
    }),
    /at once/,
  );
  assert.equal(await run(() => Promise.resolve("after")), "after");
});
