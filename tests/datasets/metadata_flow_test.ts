import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { before, firstHeldOut, firstOfAll } from "../../datasets/before.ts";
import type { Dataset } from "../../datasets/dataset.ts";
import { filterDataset } from "../../datasets/filter.ts";
import { namedIds } from "../../datasets/ids.ts";
import { InputError } from "../../datasets/input_error.ts";
import { interactions } from "../../datasets/interactions.ts";
import { loadDataset } from "../../datasets/load.ts";
import type { Relation } from "../../datasets/metadata.ts";
import { parseDataset } from "../../datasets/parse.ts";
import { profile } from "../../datasets/profile.ts";
import { splitByTime } from "../../datasets/split.ts";
import { withMetadata } from "../../datasets/with_metadata.ts";
import { withFiles } from "./with_files.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const source = (file: string, text: string) => ({ file, bytes: bytesOf(text) });
/** A relation's entries by the names of its rows and targets. */
const named = ({ offsets, targets }: Relation, rows: readonly string[], names: readonly string[]) =>
  rows.flatMap((row, at) =>
    Array.from(targets.subarray(offsets[at], offsets[at + 1]), (target) => `${row} ${names[target]}`)
  );

const LOG = "user,item\nann,alien\nbob,alien\nbob,heat\nann,heat\ncat,saw\n";
const whole = withMetadata(await parseDataset("tiny", { train: source("log.csv", LOG) }), {
  friends: source("trust", "bob cat\nann bob\ncat ann\n"),
  attributes: source("genres", "saw,gore\nheat,crime\nalien,space\nalien,crime\n"),
  dislikes: source("no.csv", "user,item,weight\nann,saw,1\nbob,heat,2\n"),
  behaviours: [["views", source("views.csv", "user,item,weight\ncat,heat,3\nbob,alien,4\n")]],
  knowledge: source("x.kg", "saw\tsequel\theat\nheat\tby\tmann\nking\tby\tsaw\n"),
});

Deno.test("metadata follows the ids that a filter keeps", () => {
  const { metadata, userIds, itemIds } = filterDataset(whole, 2), { attributes, knowledge } = metadata!;
  assert.deepEqual([userIds.names, itemIds.names], [["ann", "bob"], ["alien", "heat"]]);
  assert.deepEqual(named(metadata!.friends!, userIds.names, userIds.names), ["ann bob"]);
  assert.deepEqual(attributes!.names.toSorted(), ["crime", "space"]);
  assert.deepEqual(named(attributes!, itemIds.names, attributes!.names).sort(), [
    "alien crime",
    "alien space",
    "heat crime",
  ]);
  assert.deepEqual(named(metadata!.dislikes!, userIds.names, itemIds.names), ["bob heat"]);
  assert.deepEqual(metadata!.dislikes!.weights, Float32Array.of(2));
  const [views] = metadata!.behaviours!;
  assert.deepEqual([views!.name, named(views!, userIds.names, itemIds.names)], ["views", ["bob alien"]]);
  // saw is no item any more, but two facts are still about it
  assert.deepEqual([knowledge!.entities, knowledge!.heads, knowledge!.tails], [
    5,
    Int32Array.of(2, 1, 4),
    Int32Array.of(1, 3, 2),
  ]);
});

const more = withMetadata(await parseDataset("tiny", { train: source("log.csv", LOG) }), {
  userAttributes: source("who.csv", "user,class\ncat,young\nbob,old|poor\n"),
  vectors: [["text", source("text.tsv", "saw\t1\t2\nheat\t3\t4\n")]],
  source: source("books.csv", "user,item\nzoe,emma\ncat,dune\nbob,dune\nbob,emma\n"),
});

Deno.test("attributes of users, vectors of items and the source domain follow the ids that a filter keeps", () => {
  const { metadata, userIds } = filterDataset(more, 2), { userAttributes, vectors, source } = metadata!;
  assert.deepEqual(userAttributes!.names, ["old", "poor"]);
  assert.deepEqual(named(userAttributes!, userIds.names, userAttributes!.names), ["bob old", "bob poor"]);
  assert.deepEqual(vectors!.map(({ name, rows }) => [name, [...rows]]), [["text", [-1, 1]]]); // alien, heat
  // cat has left the log, not the domain: behind ann and bob come cat and zoe, who was never in it
  const books = ["emma", "dune"];
  assert.deepEqual(named(source!, ["ann", "bob", "cat", "zoe"], books).sort(), [
    "bob dune",
    "bob emma",
    "cat dune",
    "zoe emma",
  ]);
  assert.deepEqual([source!.items, source!.offsets], [2, Int32Array.of(0, 0, 2, 3, 4)]);
});

Deno.test("a filter that drops nothing leaves metadata as it was", () => {
  for (const dataset of [whole, more]) assert.deepEqual(filterDataset(dataset, 1).metadata, dataset.metadata);
});

Deno.test("what is met in the source domain once something is held out is left out, of users it has alone by the last time", () => {
  const met = {
    offsets: Int32Array.of(0, 1, 2, 4),
    targets: Int32Array.of(0, 0, 0, 1),
    times: Float64Array.of(5, 9, 29, 30),
    items: 2,
  };
  const { source } = before({ source: met }, Float64Array.of(5, 30));
  assert.deepEqual([source!.offsets, source!.targets, source!.items], [
    Int32Array.of(0, 0, 1, 2),
    Int32Array.of(0, 0),
    2,
  ]);
});

Deno.test("what was disliked or viewed once something is held out is left out: by user, or for all", () => {
  const log = interactions({
    users: [0, 0, 1, 1],
    items: [0, 1, 0, 1],
    times: [10, 20, 30, 40],
    userCount: 2,
    itemCount: 3,
  });
  const parts = splitByTime(log, { test: 0.5 });
  assert.deepEqual(firstHeldOut(parts), Float64Array.of(Infinity, 30));
  assert.deepEqual(firstOfAll(parts), Float64Array.of(30, 30));
  const timed = {
    offsets: Int32Array.of(0, 1, 3),
    targets: Int32Array.of(2, 0, 2),
    times: Float64Array.of(35, 30, 29),
  };
  const untimed = { offsets: Int32Array.of(0, 1, 1), targets: Int32Array.of(2) };
  const known = before({ dislikes: timed, behaviours: [{ name: "views", ...untimed }] }, firstHeldOut(parts));
  assert.deepEqual([known.dislikes!.offsets, known.dislikes!.targets], [Int32Array.of(0, 1, 2), Int32Array.of(2, 2)]);
  assert.deepEqual(known.behaviours, [{ name: "views", ...untimed }]);
  const [viewed] = before({ behaviours: [{ name: "views", ...timed }] }, firstHeldOut(parts)).behaviours!;
  assert.deepEqual([viewed!.name, viewed!.targets], ["views", Int32Array.of(2, 2)]);
  assert.deepEqual(before({ dislikes: timed }, firstOfAll(parts)).dislikes!.offsets, Int32Array.of(0, 0, 1));
});

const atomic = {
  "x.inter": "user_id:token\titem_id:token\nu\ta\nv\tb\n",
  "x.item": "item_id:token\ttitle:token_seq\tclass:token_seq\na\tAlien\tspace\n",
  "x.kg": "head_id:token\trelation_id:token\ttail_id:token\nm1\tby\tm2\n",
  "x.link": "item_id:token\tentity_id:token\na\tm1\n",
  "x.net": "source_id:token\ttarget_id:token\nu\tv\n",
};

Deno.test("files of the usual names beside a log are read, and those that are given go before them", () =>
  withFiles({ ...atomic, "mine.csv": "v,u\n", "tags.csv": "b,red\n", "mine.kg": "b\tr\tz\n" }, async (folder) => {
    const parts = ({ metadata, userIds, itemIds }: Dataset) => ({
      friends: metadata?.friends && named(metadata.friends, userIds.names, userIds.names),
      attributes: metadata?.attributes && named(metadata.attributes, itemIds.names, metadata.attributes.names),
      heads: metadata?.knowledge && Array.from(metadata.knowledge.heads, (entity) => itemIds.names[entity]),
    });
    const usual = { friends: ["u v"], attributes: ["a space"], heads: ["a"] };
    assert.deepEqual(parts(await loadDataset(folder)), usual);
    assert.deepEqual(parts(await loadDataset(`${folder}/x.inter`)), usual);
    const given = { friends: `${folder}/mine.csv`, attributes: `${folder}/tags.csv`, knowledge: `${folder}/mine.kg` };
    assert.deepEqual(parts(await loadDataset(folder, { metadata: given })), {
      friends: ["v u"],
      attributes: ["b red"],
      heads: ["b"],
    });
    const titles = await loadDataset(folder, { attributeColumns: ["title"] });
    assert.deepEqual(parts(titles).attributes, ["a Alien"]);
    await assert.rejects(loadDataset(folder, { metadata: { friends: `${folder}/none` } }), /none": no such file/);
  }));

Deno.test("attributes of users are found beside a log, and vectors as matrices have their items beside them", () =>
  withFiles({
    "x.inter": atomic["x.inter"],
    "x.user": "user_id:token\tage:token\tlikes:token_seq\nv\t9\ttea rum\n",
    "image.npy": Uint8Array.of(
      ...[0x93, ...bytesOf("NUMPY"), 1, 0, 61, 0],
      ...bytesOf("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), } \n"),
      ...new Uint8Array(Float32Array.of(7).buffer),
    ),
    "image.ids.txt": "b\n",
  }, async (folder) => {
    const { metadata, userIds } = await loadDataset(folder, {
      metadata: { vectors: [["image", `${folder}/image.npy`]] },
    });
    assert.deepEqual(named(metadata!.userAttributes!, userIds.names, metadata!.userAttributes!.names), [
      "v tea",
      "v rum",
    ]);
    assert.deepEqual(metadata!.vectors!.map(({ data, rows }) => [[...data], [...rows]]), [[[7], [-1, 0]]]);
    const ages = await loadDataset(folder, { userAttributeColumns: ["age"] });
    assert.deepEqual(ages.metadata!.userAttributes!.names, ["9"]);
    await Deno.remove(`${folder}/image.ids.txt`);
    const missing = loadDataset(folder, { metadata: { vectors: [["image", `${folder}/image.npy`]] } });
    await assert.rejects(missing, /image.ids.txt": no such file/);
  }));

Deno.test("titles alone are no attributes, a graph without links is not looked at, and neither is an error", () =>
  withFiles(
    { ...atomic, "x.item": "item_id:token\ttitle:token_seq\na\tAlien\n", "x.link": "", "x.net": "" },
    async (folder) => {
      for (const name of ["x.link", "x.net"]) await Deno.remove(`${folder}/${name}`);
      const { metadata, titles } = await loadDataset(folder);
      assert.deepEqual([metadata, titles], [undefined, ["Alien", undefined]]);
    },
  ));

Deno.test("genres come from the movies.csv of MovieLens, a trust network from LastFM's", () =>
  withFiles(
    { "ratings.csv": "userId,movieId,rating\n7,1,5\n", "movies.csv": "movieId,title,genres\n1,Alien,Horror|Sci-Fi\n" },
    async (folder) => {
      assert.deepEqual((await loadDataset(folder)).metadata?.attributes?.names, ["Horror", "Sci-Fi"]);
      await withFiles(
        { "data1.txt": "1\t1\t9\n2\t1\t9\n", "test1.txt": "1\t2\t9\n", "trustnetwork.txt": "1\t2\n" },
        async (social) => assert.equal((await loadDataset(social)).metadata?.friends?.targets.length, 1),
      );
    },
  ));

Deno.test("a profile counts what metadata there is", () => {
  assert.deepEqual(profile(whole).metadata, {
    attributes: { attributes: 3, items: 3, pairs: 4 },
    friends: { pairs: 3, users: 3, mutual: 0 },
    dislikes: { pairs: 2, users: 2, items: 2 },
    behaviours: { views: { pairs: 2, users: 2, items: 2 } },
    knowledge: { facts: 3, entities: 5, relations: 2, items: 2 },
  });
  assert.deepEqual(profile(more).metadata, {
    userAttributes: { attributes: 3, users: 2, pairs: 3 },
    vectors: { text: { items: 2, width: 2 } },
    source: { pairs: 4, users: 3, items: 2, common: 2 },
  });
});

Deno.test("no bytes make a reader of side information fail with anything but an InputError", () => {
  const text = fc.string({ unit: fc.constantFrom(...'01a,;\t "\n\r:-.|_'), maxLength: 40 }).map(bytesOf);
  const header = fc.constantFrom("", "user,friend\n", "a:token\titem_id:token\tb:token_seq\n", "item,genre\n");
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.tuple(header, text).map(([first, rest]) => Uint8Array.of(...bytesOf(first), ...rest)),
  );
  const ids = namedIds(["0", "1", "a"]);
  const log: Dataset = {
    name: "any",
    train: interactions({ users: [0], items: [0], userCount: 3, itemCount: 3 }),
    userIds: ids,
    itemIds: ids,
    notes: [],
  };
  const part = fc.constantFrom(
    "friends",
    "attributes",
    "userAttributes",
    "dislikes",
    "source",
    "knowledge",
    "links",
  );
  fc.assert(
    fc.property(bytes, part, (found, name) => {
      const graph = name === "links" && { knowledge: source("x.kg", "0\t1\ta\n") };
      try {
        withMetadata(log, { ...graph, [name]: { file: "any", bytes: found } });
      } catch (error) {
        assert(error instanceof InputError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});
