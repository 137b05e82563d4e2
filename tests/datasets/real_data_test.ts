import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { loadDataset } from "../../datasets/load.ts";
import { profile } from "../../datasets/profile.ts";

/** Public datasets that may not be copied into the project. */
const folder = new URL("../../../shared/data/", import.meta.url).pathname;
const ignore = !statSync(folder, { throwIfNoEntry: false });

/** [users, items, train rows, test rows, test users, cold test rows, test users without train, largest user] */
const published = {
  "ahns-ml": [6040, 3706, 800005, 200204, 6038, 29, 0, 1831],
  "ahns-sport": [35598, 18357, 236918, 59419, 28012, 0, 3, 233],
  "ahns-tool": [16638, 10217, 107772, 26704, 12924, 5, 2, 114],
};
/** Sizes of head, mid and the tail of items that train shows. */
const publishedCohorts = {
  "ahns-ml": [235, 540, 2905],
  "ahns-sport": [1143, 4248, 12966],
  "ahns-tool": [904, 2720, 6592],
};

for (const [name, counts] of Object.entries(published)) {
  Deno.test({
    name: `${name} loads with the counts of the AHNS paper (needs ../shared/data)`,
    ignore,
    async fn() {
      const dataset = await loadDataset(folder + name), { train, test, cohorts, perUser } = profile(dataset);
      const trained = new Set(dataset.train.users), tested = [...new Set(dataset.test!.users)];
      assert.deepEqual(
        [
          ...[dataset.train.userCount, dataset.train.itemCount, train.rows, test!.rows, test!.users, test!.coldItem],
          ...[tested.filter((user) => !trained.has(user)).length, perUser.most],
        ],
        counts,
      );
      assert.deepEqual([train.repeats, test!.repeats, test!.inTrain], [0, 0, 0]);
      const { head, mid, tail, cold } = cohorts;
      assert.deepEqual([head, mid, tail - cold], publishedCohorts[name as keyof typeof publishedCohorts]);
    },
  });
}

Deno.test({
  name: "ml-100k loads with times and titles, and ratings of 4 and up are 55,375 positives (needs ../shared/data)",
  ignore,
  async fn() {
    const all = await loadDataset(`${folder}ml-100k`);
    assert.deepEqual([all.train.userCount, all.train.itemCount, all.train.users.length], [943, 1682, 100000]);
    assert.equal(all.titles?.[all.itemIds.indexOf("1")!], "Toy Story");
    assert.equal(all.train.times?.[0], 881250949);
    assert.equal((await loadDataset(`${folder}ml-100k`, { minRating: 4 })).train.users.length, 55375);
  },
});

Deno.test({
  name: "coat, yahoo-r3 and lastfm-social load with their known counts (needs ../shared/data)",
  ignore,
  async fn() {
    const rows = async (name: string) => {
      const { train, valid, test } = await loadDataset(folder + name);
      return [train.userCount, train.itemCount, train.users.length, valid?.users.length, test?.users.length];
    };
    assert.deepEqual(await rows("coat"), [290, 295, 1363, 553, 860]);
    assert.deepEqual(await rows("yahoo-r3"), [14382, 1000, 88684, 36393, 4671]);
    assert.deepEqual(await rows("lastfm-social"), [1880, 4489, 42135, undefined, 10533]);
  },
});

Deno.test({
  name: "amazon sequence files are refused, as a folder and one by one (needs ../shared/data)",
  ignore,
  async fn() {
    for (const name of ["amazon-beauty-seq", "amazon-sports-seq"]) {
      for (const file of ["", "/data.txt", "/train_data.txt", "/valid_data.txt", "/test_data.txt"]) {
        await assert.rejects(loadDataset(folder + name + file), /sequences.*not supported yet/);
      }
    }
  },
});
