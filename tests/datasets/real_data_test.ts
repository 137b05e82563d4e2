import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { catalogue } from "../../datasets/catalogue.ts";
import { filterDataset } from "../../datasets/filter.ts";
import { loadDataset } from "../../datasets/load.ts";
import { profile } from "../../datasets/profile.ts";
import { leaveOneOut } from "../../datasets/split.ts";
import { socialItems } from "../../datasets/social_items.ts";

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

/** [lines of train, valid and test, items of their lines, items in all, held-out rows of items that train never shows] */
const sequenceCounts = {
  "amazon-beauty-seq": [17890, 2236, 2237, 129728, 16265, 16157, 12101, 2, 1],
  "amazon-sports-seq": [28478, 3559, 3561, 205406, 25585, 25607, 18357, 2, 1],
};
for (const [name, counts] of Object.entries(sequenceCounts)) {
  Deno.test({
    name: `${name} loads with as many users as lines, the last item of each held out (needs ../shared/data)`,
    ignore,
    async fn() {
      const { train, valid, test, before, userIds, itemIds } = await loadDataset(folder + name);
      const users = (log: typeof train) => new Set(log.users).size, cold = catalogue(train).popularity;
      const coldRows = (log: typeof train) => log.items.filter((item) => cold[item] === 0).length;
      const [known, before2] = [before!.valid!, before!.test!];
      assert.deepEqual([
        ...[users(train), valid!.users.length, test!.users.length, train.users.length],
        ...[valid!.users.length + known.users.length, test!.users.length + before2.users.length, train.itemCount],
        ...[coldRows(valid!), coldRows(test!)],
      ], counts);
      assert.equal(train.userCount, counts[0]! + counts[1]! + counts[2]!);
      // the file itself says what the first test line is
      const [line] = (await Deno.readTextFile(`${folder}${name}/test_data.txt`)).split("\n"), user = test!.users[0]!;
      const own = [...before2.items.filter((_, row) => before2.users[row] === user), test!.items[0]!];
      assert.equal(own.map((item) => itemIds.names[item]).join(" "), line);
      assert.equal(userIds.names[user], String(counts[0]! + counts[1]! + 1));
    },
  });
}

Deno.test({
  name: "the whole of the amazon sequences is as many users as its parts, left one out of each (needs ../shared/data)",
  ignore,
  async fn() {
    const { train } = await loadDataset(`${folder}amazon-beauty-seq/data.txt`, { format: "sequences" });
    const parts = leaveOneOut(train);
    assert.deepEqual([train.userCount, train.users.length, train.itemCount], [22363, 162150, 12101]);
    assert.deepEqual([parts.valid!.users.length, parts.test!.users.length], [22363, 22363]);
  },
});

Deno.test({
  name: "ml-100k has 19 genres and 91,631 facts, and ratings below 4 are dislikes (needs ../shared/data)",
  ignore,
  async fn() {
    const started = performance.now();
    const all = await loadDataset(`${folder}ml-100k`), { attributes, knowledge } = all.metadata!;
    assert(performance.now() - started < 5000, "loads in seconds");
    // 18 genres and "unknown"
    assert.deepEqual([attributes!.names.length, attributes!.targets.length], [19, 2893]);
    const toyStory = all.itemIds.indexOf("1")!, { offsets, targets, names } = attributes!;
    const genres = Array.from(targets.subarray(offsets[toyStory], offsets[toyStory + 1]), (genre) => names[genre]!);
    assert.deepEqual(genres.sort(), ["Animation", "Children's", "Comedy"]);
    // 34,628 entities, of which 1,598 are items; 84 items have no facts
    assert.deepEqual([knowledge!.entities, knowledge!.relations, knowledge!.heads.length], [34712, 24, 91631]);
    assert.deepEqual(profile(all).metadata!.knowledge!.items, 1598);

    const liked = await loadDataset(`${folder}ml-100k`, { minRating: 4 }), { dislikes } = liked.metadata!;
    const weights = [1, 2, 3].map((weight) => dislikes!.weights!.filter((found) => found === weight).length);
    assert.deepEqual([weights.reduce((a, b) => a + b), dislikes!.targets.length], [43898, 43898]);
    assert.equal(profile(liked).metadata!.knowledge!.items, 1376);
    const core = filterDataset(liked, 10), counts = profile(core).metadata!;
    assert.deepEqual([counts.attributes!.items, core.metadata!.knowledge!.heads.length], [core.train.itemCount, 91631]);
  },
});

Deno.test({
  name: "lastfm-social has 25,226 pairs of its users, all in both directions (needs ../shared/data)",
  ignore,
  async fn() {
    const dataset = await loadDataset(`${folder}lastfm-social`), { metadata, train, notes } = dataset;
    assert.deepEqual(profile(dataset).metadata!.friends, { pairs: 25226, users: 1880, mutual: 25226 });
    assert(notes.includes("friends: left out 208 pairs of 12 users without interactions"));
    const of = catalogue(train, metadata), { offsets, targets } = socialItems(metadata!.friends!, of);
    assert.equal(offsets.length, 1881);
    for (let user = 0; user < of.users; user++) {
      const own = new Set(of.positives.subarray(of.offsets[user], of.offsets[user + 1]));
      assert(!targets.subarray(offsets[user], offsets[user + 1]).some((item) => own.has(item)));
    }
  },
});
