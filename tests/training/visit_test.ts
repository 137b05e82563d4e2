import assert from "node:assert/strict";
import { interactions } from "../../datasets/interactions.ts";
import { sasrec } from "../../models/sasrec.ts";
import { rns } from "../../samplers/rns.ts";
import type { Policy } from "../../samplers/sampler.ts";
import { samplers } from "../../samplers/mod.ts";
import type { Checkpoint } from "../../training/checkpoint.ts";
import { smallLog, smallRun } from "./small_run.ts";

/** Draws as `rns`, and keeps the rows that it draws for. */
function listening() {
  const rows: (readonly [epoch: number, user: number, positive: number])[] = [], plain = rns();
  const sampler: Policy = (setting) => {
    const { propose, ...rest } = plain(setting);
    return {
      ...rest,
      propose(batch, draw) {
        for (let row = 0; row < batch.rows; row++) rows.push([draw.epoch, batch.users[row]!, batch.positives[row]!]);
        return propose(batch, draw);
      },
    };
  };
  return { rows, sampler };
}

Deno.test("by users an epoch has as many rows as there are interactions to train on, none of a user who met every item", async () => {
  const log = smallLog().train, whole = 12, { rows, sampler } = listening();
  const data = interactions({
    users: [...log.users, ...Array.from({ length: log.itemCount }, () => whole)],
    items: [...log.items, ...Array.from({ length: log.itemCount }, (_, item) => item)],
    ...{ userCount: whole + 1, itemCount: log.itemCount },
  });
  const { reports, error } = await smallRun({ data, sampler, visit: "users", epochs: 2 });
  assert.equal(error, undefined);
  assert.deepEqual(reports.map(({ steps }) => steps), [0, 1].map(() => Math.ceil(log.users.length / 16)));
  for (const epoch of [0, 1]) assert.equal(rows.filter(([number]) => number === epoch).length, log.users.length);
  const met = new Set(Array.from(log.users, (user, at) => `${user} ${log.items[at]}`));
  assert(rows.every(([, user, positive]) => met.has(`${user} ${positive}`)));
  assert(new Set(rows.slice(0, log.users.length).map(String)).size < log.users.length, "draws repeat");
});

Deno.test("by users a run visits the same rows whatever its batch size, and each interaction once is the default", async () => {
  const visited = async (options: { readonly batchSize?: number; readonly visit?: "users" | "interactions" }) => {
    const { rows, sampler } = listening();
    await smallRun({ sampler, epochs: 2, ...options });
    return rows;
  };
  assert.deepEqual(await visited({ visit: "users", batchSize: 5 }), await visited({ visit: "users", batchSize: 16 }));
  assert.deepEqual(await visited({}), await visited({ visit: "interactions" }));
});

for (const name of ["dns", "srns", "mcns", "aobpr", "adasir", "in-batch"] as const) {
  Deno.test(`a ${name} run by users that stopped in the middle of an epoch and went on ends with the same bytes`, async () => {
    const options = { visit: "users", epochs: 4, sampler: samplers[name]() as Policy } as const;
    const whole = await smallRun(options), kept: Checkpoint[] = [], stop = new AbortController();
    await smallRun({
      ...options,
      signal: stop.signal,
      onStep: ({ epoch, step }) => epoch === 2 && step === 1 && stop.abort(),
      keep: (checkpoint) => Promise.resolve(void kept.push(checkpoint)),
    });
    const resume = kept.at(-1)!, rest = await smallRun({ ...options, start: 99, resume });
    assert.deepEqual([resume.epoch, resume.step], [2, 2]);
    assert.deepEqual([rest.saved, rest.reports], [whole.saved, whole.reports.slice(2)]);
  });
}

Deno.test("by users it learns", async () => {
  const { accuracy } = await smallRun({ visit: "users", epochs: 40, measured: true });
  assert(accuracy! > 0.9, `${accuracy}`);
});

Deno.test("what cannot be trained by users is refused by the option's name, before it is trained", async () => {
  const cases = [
    [{ visit: "users", backbone: sasrec({ dim: 4 }) }, /"visit" "users": this backbone reads histories/],
    [{ visit: "users", sampler: samplers.divns() }, /sampler "divns" with --visit users: .* --visit interactions/],
    [{ visit: "user" as "users" }, /"visit" "user": it is one of interactions, users/],
  ] as const;
  for (const [options, message] of cases) {
    const { error, reports } = await smallRun(options);
    assert(error instanceof TypeError, `${error}`);
    assert.match(error.message, message);
    assert.equal(reports.length, 0);
  }
});
