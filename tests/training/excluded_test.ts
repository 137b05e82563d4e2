import assert from "node:assert/strict";
import type { Batch } from "../../datasets/batching.ts";
import { catalogue } from "../../datasets/catalogue.ts";
import { SeenItems } from "../../datasets/negatives.ts";
import type { AnyMethod } from "../../options/method.ts";
import { losses } from "../../losses/mod.ts";
import { samplers } from "../../samplers/mod.ts";
import type { Policy, Proposed } from "../../samplers/sampler.ts";
import type { Recipe } from "../../training/recipe.ts";
import { anyMetadata } from "../samplers/metadata.ts";
import { smallLog, smallRun } from "./small_run.ts";

const { train, held } = smallLog(), met = new SeenItems(catalogue(train)), other = new SeenItems(catalogue(held));

/** Trains with a sampler, and shows `see` every batch with what was proposed for it. */
async function watched<K extends string>(
  policy: Policy<K>,
  given: Partial<Recipe>,
  see: (batch: Batch, proposed: Proposed<K>) => void,
): Promise<void> {
  const sampler: Policy<K> = (setting) => {
    const made = policy(setting);
    return {
      ...made,
      async propose(batch, draw) {
        const proposed = await made.propose(batch, draw);
        see(batch, proposed);
        return proposed;
      },
    };
  };
  const { error } = await smallRun({ sampler: sampler as Policy, ...given });
  if (error) throw error;
}

/** Which of what `rns` drew was train and held-out positives of its user, and in how many rows an item came twice. */
async function drawnBy(given: Partial<Recipe>) {
  const negatives = 6;
  let drawn = 0, ofTrain = 0, ofHeld = 0, repeating = 0;
  await watched(samplers.rns({ negatives }) as Policy<"ids">, { epochs: 20, ...given }, (batch, { ids }) => {
    for (let row = 0; row < batch.rows; row++) {
      const user = batch.users[row]!, own = [...(ids as Int32Array).subarray(row * negatives, (row + 1) * negatives)];
      drawn += negatives;
      ofTrain += own.filter((item) => met.has(user, item)).length;
      ofHeld += own.filter((item) => other.has(user, item)).length;
      if (new Set(own).size < negatives) repeating++;
    }
  });
  return { ofTrain: ofTrain / drawn, ofHeld: ofHeld / drawn, repeating };
}

/** Of the columns that rows keep of a shared pool: the row's own positive, and other train and held-out positives. */
async function keptBy(policy: Policy<"ids" | "kept">, given: Partial<Recipe>) {
  const found = { own: 0, ofTrain: 0, ofHeld: 0 };
  await watched(policy, { ...given, loss: losses.infonce() }, (batch, { ids, kept }) => {
    for (let row = 0; row < batch.rows; row++) {
      const user = batch.users[row]!;
      (ids as Int32Array).forEach((item, at) => {
        if (!kept[row * ids.length + at]) return;
        if (item === batch.positives[row]) found.own++;
        else if (met.has(user, item)) found.ofTrain++;
        else if (other.has(user, item)) found.ofHeld++;
      });
    }
  });
  return found;
}

Deno.test("what is excluded is never drawn: by default the train interactions, those of other parts, or nothing", async () => {
  const plain = await drawnBy({}), known = await drawnBy({ excluded: [train, held] });
  const none = await drawnBy({ excluded: [] });
  assert(plain.ofTrain === 0 && plain.ofHeld > 0.02, JSON.stringify(plain));
  assert.deepEqual([known.ofTrain, known.ofHeld], [0, 0]);
  // as many as are among all pairs of a train row's user and an item
  const expected = (of: SeenItems) =>
    train.users.reduce((sum, user) => sum + of.of(user).length / train.itemCount, 0) / train.users.length;
  assert(Math.abs(none.ofTrain - expected(met)) < 0.02, `${none.ofTrain} of ${expected(met)}`);
  assert(Math.abs(none.ofHeld - expected(other)) < 0.02, `${none.ofHeld} of ${expected(other)}`);
});

Deno.test("candidates of a row differ where they are to, and repeat otherwise", async () => {
  assert.equal((await drawnBy({ distinct: true })).repeating, 0);
  assert((await drawnBy({})).repeating > 100);
});

Deno.test("a pool that rows share leaves out what is excluded, one of the batch its row's own positive in any case", async () => {
  const nothing = { own: 0, ofTrain: 0, ofHeld: 0 };
  for (const policy of [samplers.rns({ negatives: 40, shared: true }), samplers["in-batch"]()]) {
    const pool = policy as Policy<"ids" | "kept">;
    assert.deepEqual(await keptBy(pool, { excluded: [train, held] }), nothing);
    const plain = await keptBy(pool, {}), none = await keptBy(pool, { excluded: [] });
    assert(plain.own === 0 && plain.ofTrain === 0 && plain.ofHeld > 0, JSON.stringify(plain));
    assert(none.ofTrain > 0 && none.ofHeld > 0, JSON.stringify(none));
  }
  assert.equal((await keptBy(samplers["in-batch"]() as Policy<"ids" | "kept">, { excluded: [] })).own, 0);
});

/** What draws nothing, and what makes vectors of no items. */
const WITHOUT_ITEMS = ["full", "enmf"], MAKING = "embedding-generator";

for (const [name, make] of Object.entries<AnyMethod<Policy>>(samplers)) {
  Deno.test(`${name} uses no negative that the run excludes`, async () => {
    const common = { sampler: make(), metadata: anyMetadata(train.userCount, train.itemCount), heldOut: [held] };
    const { reports, error } = await smallRun({ ...common, excluded: [train, held], diagnose: true, epochs: 8 });
    assert.equal(error, undefined);
    const found = reports.flatMap(({ negatives }) => negatives?.items?.falseNegatives?.rate ?? []);
    if (name === MAKING) return assert(found.every((rate) => rate < 1)); // the items nearest to them may be any
    assert.deepEqual(found, WITHOUT_ITEMS.includes(name) ? [] : reports.map(() => 0));
  });
}
