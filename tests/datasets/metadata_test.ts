import assert from "node:assert/strict";
import { readAttributes } from "../../datasets/attributes.ts";
import { readBehaviour } from "../../datasets/behaviour.ts";
import { readFriends } from "../../datasets/friends.ts";
import { namedIds } from "../../datasets/ids.ts";
import { InputError } from "../../datasets/input_error.ts";
import { readKnowledge } from "../../datasets/knowledge.ts";
import type { Relation } from "../../datasets/metadata.ts";
import { parseDataset } from "../../datasets/parse.ts";
import { readSourceDomain } from "../../datasets/source_domain.ts";
import { withMetadata } from "../../datasets/with_metadata.ts";

const source = (file: string, text: string) => ({ file, bytes: new TextEncoder().encode(text) });
const users = namedIds(["ann", "bob", "cat"]), items = namedIds(["alien", "heat", "saw"]);
const ids = { userIds: users, itemIds: items };
const rowsOf = ({ offsets, targets }: Relation) =>
  Array.from({ length: offsets.length - 1 }, (_, row) => [...targets.subarray(offsets[row], offsets[row + 1])]);
const refuses = (read: () => unknown, message: RegExp) =>
  assert.throws(read, (error) => {
    assert(error instanceof InputError, String(error));
    assert.match(error.message, message);
    return true;
  });

Deno.test("friends are directed, as written, with or without a header and weights", () => {
  for (
    const text of [
      "ann\tbob\t2\nbob\tcat\t3\nann\tbob\t1\n",
      "ann bob 2\nbob cat 3\nann bob 1",
      "userID,friendID,weight\nann,bob,2\nbob,cat,3\nann,bob,1\n",
      "weight:float\ttarget_id:token\tsource_id:token\n2\tbob\tann\n3\tcat\tbob\n1\tbob\tann\n",
    ]
  ) {
    const { friends } = readFriends(source("trust", text), users);
    assert.deepEqual([rowsOf(friends), friends.weights], [[[1], [2], []], Float32Array.of(3, 3)], text);
  }
  assert.equal(readFriends(source("trust", "ann\tbob\n"), users).friends.weights, undefined);
});

Deno.test("friends that are no users of the log, and oneself, are left out and counted", () => {
  const { friends, notes } = readFriends(source("a/trust", "ann,bob\nann,zoe\nyan,ann\nyan,zoe\nbob,bob\n"), users);
  assert.deepEqual(rowsOf(friends), [[1], [], []]);
  assert.deepEqual(notes, [
    'friends: 1 pair of "trust", 0 of them in both directions',
    "friends: left out 3 pairs of 2 users without interactions",
    "friends: left out 1 pair of a user with itself",
  ]);
});

Deno.test("errors in a file of friends name file and line", () => {
  const read = (text: string) => () => readFriends(source("trust.csv", text), users);
  refuses(read("ann,bob\nann\n"), /"trust.csv", line 2: it has 1 columns where 2 are read/);
  refuses(read("ann,bob\n,bob\n"), /line 2: its user \(column 1\) is empty/);
  refuses(read("ann,bob,1\nann,cat,x\n"), /line 2: its weight \(column 3\) is "x"/);
  refuses(read("x,y\n"), /none of its 1 pairs is of two users of the log/);
  refuses(read("user,friend\n"), /"trust.csv": it has no pairs/);
  refuses(read("source_id:token\tother:token\na\tb\n"), /line 1: no friend column among "source_id", "other"/);
});

Deno.test("attributes are read from lists, headers of usual names, and RecBole's token_seq", () => {
  const films = [[0, 1], [2], []];
  for (
    const text of [
      "alien,horror,space\nheat,crime\n",
      "alien horror space\nheat crime\n",
      "alien,horror\nalien,space\nheat,crime\n",
      "movieId,title,genres\nalien,Alien,horror|space\nheat,Heat, crime\nsaw,Saw,\n",
      "item_id:token\tmovie_title:token_seq\tyear:token\tclass:token_seq\nalien\tAlien\t79\thorror space\nheat\tHeat\t95\tcrime\n",
    ]
  ) {
    const { attributes } = readAttributes(source("items", text), items);
    assert.deepEqual([attributes.names, rowsOf(attributes)], [["horror", "space", "crime"], films], text);
  }
});

Deno.test("columns of attributes are chosen by name and number; of several, names tell the column", () => {
  const typed = "item_id:token\tyear:token\tclass:token_seq\nalien\t79\thorror space\nheat\t95\tcrime\n";
  const both = readAttributes(source("x.item", typed), items, ["year", 3]).attributes;
  assert.deepEqual(both.names, ["year:79", "class:horror", "class:space", "year:95", "class:crime"]);
  assert.deepEqual(rowsOf(both), [[0, 1, 2], [3, 4], []]);
  assert.deepEqual(readAttributes(source("x.item", typed), items, ["year"]).attributes.names, ["79", "95"]);
  const whole = "item_id:token\tbrand:token\nalien\tThe Brandywine Co\n"; // a token is one, blanks and all
  assert.deepEqual(readAttributes(source("x.item", whole), items, ["brand"]).attributes.names, ["The Brandywine Co"]);
  const loose = "movieId,genres\nalien, horror | space |\nheat,|space||\n"; // without the blanks around, and none that is empty
  assert.deepEqual(readAttributes(source("x.csv", loose), items).attributes.names, ["horror", "space"]);
  const bare = "heat::Heat (1995)::Crime|Action\n";
  assert.deepEqual(readAttributes(source("movies.dat", bare), items, [3]).attributes.names, ["Crime", "Action"]);
});

Deno.test("items that the log has not are counted, and bring no attributes", () => {
  const { attributes, notes } = readAttributes(source("tags", "zulu,war\nheat,crime\nyol,war\n"), items);
  assert.deepEqual(attributes.names, ["crime"]);
  assert.deepEqual(notes, [
    'attributes: 1 of "tags", on 1 of 3 items',
    "attributes: left out 2 items that the log has not",
  ]);
});

Deno.test("errors in a file of attributes name file and line", () => {
  const read = (text: string, columns?: (string | number)[]) => () =>
    readAttributes(source("t.csv", text), items, columns);
  refuses(read("heat,crime\nsaw\n"), /"t.csv", line 2: it has 1 columns where 2 are read/);
  refuses(read("heat,crime\n,war\n"), /line 2: its item \(column 1\) is empty/);
  refuses(read("item,price\nheat,3\n"), /line 1: no attribute column among "item", "price"; say which/);
  refuses(read("item,genre\nheat,war\n", ["brand"]), /line 1: no attribute column named "brand" among "item", "genre"/);
  refuses(read("heat,war\n", [4]), /line 1: no attribute column number 4/);
  refuses(read("id:token\tclass:token_seq\nheat\twar\n"), /line 1: no item column among "id", "class"/);
  refuses(read("x,war\n"), /"t.csv": none of its items is one of the log/);
  refuses(read("item,genre\nheat,\nx,war\n"), /none of the log.s items has an attribute/);
});

Deno.test("behaviours and dislikes are logs of any format, with weights, times and unknown ids counted", () => {
  const text = "user,item,weight,time\nann,saw,2,50\nann,saw,3,40\nbob,alien,1,7\nzoe,alien,1,7\nbob,zulu,1,7\n";
  const { entries, notes } = readBehaviour("views", source("a/views.csv", text), ids);
  assert.deepEqual(rowsOf(entries), [[2], [0], []]);
  assert.deepEqual([entries.weights, entries.times], [Float32Array.of(5, 1), Float64Array.of(40, 7)]);
  assert.deepEqual(notes, [
    'views: 2 pairs of "views.csv"',
    "views: left out 2 rows of a user or item that the log has not",
  ]);
  const adjacent = readBehaviour("views", source("views.txt", "ann saw heat\nbob alien\n"), ids).entries;
  assert.deepEqual(rowsOf(adjacent), [[1, 2], [0], []]);
  const weightless = readBehaviour("views", source("v.csv", "user,item,weight\nann,saw,0\n"), ids).entries;
  assert.deepEqual(weightless.weights, Float32Array.of(0));
  refuses(
    () => readBehaviour("views", source("v.csv", "user,item,weight\nann,saw,1\nbob,heat,-1\n"), ids),
    /"v.csv": user "bob" and item "heat" have the weight -1: weights are from 0/,
  );
  refuses(() => readBehaviour("views", source("v.csv", "user,item\nx,y\n"), ids), /none of its 1 row is of a user and/);
  refuses(() => readBehaviour("views", source("v.csv", "user,item\nann,saw\nann\n"), ids), /"v.csv", line 3/);
});

Deno.test("a linked entity is its item, others follow in order of appearance, items without a link come along", () => {
  const facts = source(
    "x.kg",
    "head_id:token\trelation_id:token\ttail_id:token\nm9\tby\tm7\nm8\tby\tm7\nm7\tmade\tm8\n",
  );
  const links = source(
    "x.link",
    "item_id:token\tentity_id:token\nheat\tm9\nheat\tm9\nsaw\tm8\nzulu\tm1\nalien\tm2\nalien\tm9\n",
  );
  const { knowledge, notes } = readKnowledge(facts, links, items);
  assert.deepEqual(knowledge, {
    entities: 4,
    relations: 2,
    heads: Int32Array.of(1, 2, 3),
    kinds: Int32Array.of(0, 0, 1),
    tails: Int32Array.of(3, 3, 2),
  });
  assert.deepEqual(notes, [
    'knowledge: 3 facts of "x.kg", of which 2 of 3 items are entities',
    "knowledge: left out 1 link of an item that the log has not",
    "knowledge: left out 1 link to an entity without facts",
    "knowledge: left out 1 link to an entity that is another item already",
  ]);
});

Deno.test("without links an entity is the item of its name", () => {
  const { knowledge } = readKnowledge(source("kg_final.txt", "saw 0 7\n7 1 alien\n"), undefined, items);
  assert.deepEqual([knowledge.entities, knowledge.heads, knowledge.tails], [
    4,
    Int32Array.of(2, 3),
    Int32Array.of(3, 0),
  ]);
});

Deno.test("errors in a knowledge graph and its links name file and line", () => {
  const facts = source("x.kg", "a\tr\tb\n");
  refuses(() => readKnowledge(source("x.kg", "a\tr\tb\na\tr\n"), undefined, items), /"x.kg", line 2: it has 2 columns/);
  refuses(
    () => readKnowledge(source("x.kg", "a\tr\tb\na\t\tb\n"), undefined, items),
    /line 2: its relation \(column 2\)/,
  );
  refuses(() => readKnowledge(facts, source("x.link", "heat\n"), items), /"x.link", line 1: it has 1 columns where 2/);
  refuses(() => readKnowledge(facts, source("x.link", "heat\tz\n"), items), /"x.kg": .*no link of "x.link" is of one/);
  refuses(() => readKnowledge(facts, undefined, items), /none of its 2 entities .*: no entity has an item's name/);
});

Deno.test("low ratings of train make dislikes, as strong as they are far below, unless the pair is a positive, too", async () => {
  const dataset = await parseDataset("rated", {
    train: source("r.csv", "user,item,rating,time\na,x,5,1\na,y,1,2\na,x,2,3\nb,y,4,4\na,z,1,5\nc,x,1,6\n"),
    test: source("t.csv", "user,item,rating,time\nb,x,1,7\na,y,5,8\n"),
  }, { minRating: 4 });
  const { dislikes } = dataset.metadata!;
  // z and c have no positives; test's own low rating is not known in training
  assert.deepEqual([dataset.itemIds.names, rowsOf(dislikes!)], [["x", "y"], [[1], []]]);
  assert.deepEqual([dislikes!.weights, dislikes!.times], [Float32Array.of(3), Float64Array.of(2)]);
  assert(dataset.notes.includes("dislikes: 1 pair rated below 4; left out 2 rows of a user or item without positives"));
  const all = await parseDataset("rated", { train: source("r.csv", "user,item,rating\na,x,5\na,y,1\n") });
  assert.equal(all.metadata, undefined);
});

Deno.test("a file of dislikes takes the place of low ratings, and behaviours keep their order", async () => {
  const log = await parseDataset("rated", {
    train: source("r.csv", "user,item,rating\nann,saw,5\nann,heat,1\nbob,heat,5\n"),
  }, { minRating: 4 });
  const { metadata, notes } = withMetadata(log, {
    dislikes: source("no.csv", "user,item\nbob,saw\n"),
    behaviours: [["carts", source("c.csv", "user,item\nann,saw\n")], [
      "views",
      source("v.csv", "user,item\nbob,saw\n"),
    ]],
  });
  assert.deepEqual(rowsOf(metadata!.dislikes!), [[], [0]]);
  assert.deepEqual(metadata!.behaviours!.map(({ name }) => name), ["carts", "views"]);
  assert(notes.includes("dislikes: the file's take the place of low ratings"));
  assert.equal(withMetadata(log, {}), log);
  refuses(() => withMetadata(log, { links: source("x.link", "saw\tm\n") }), /"x.link": links need a knowledge graph/);
  const choose = (columns: object) => () => withMetadata(log, {}, columns);
  assert.throws(choose({ attributeColumns: ["genre"] }), /columns of items' attributes, found genre: no file of them/);
  assert.throws(choose({ userAttributeColumns: ["age", 2] }), /columns of users' attributes, found age, 2: no file of/);
});

Deno.test("a source domain has users of the log by name, then its own, and any items", () => {
  const text = "user,item,time\nzoe,emma,4\nbob,heat,9\nbob,heat,3\nann,emma,2\n";
  const { domain, notes } = readSourceDomain(source("a/books.csv", text), users);
  assert.deepEqual(rowsOf(domain), [[0], [1], [], [0]]);
  assert.deepEqual([domain.items, domain.times], [2, Float64Array.of(2, 3, 4)]);
  assert(notes.includes('source domain: 3 pairs of "books.csv", of 3 users, 2 of them of the log, and 2 items'));
  refuses(
    () => readSourceDomain(source("b.csv", "user,item\nzoe,emma\n"), users),
    /"b.csv": none of its 1 user is one/,
  );
});

Deno.test("rows without a header that are wider than what is read are errors, not cut: a list of friends is no pair", () => {
  const users = namedIds(["1", "2", "3", "4"]),
    source = (text: string) => ({ file: "side.txt", bytes: new TextEncoder().encode(text) });
  assert.throws(
    () => readFriends(source("1 2 3 4\n2 3\n"), users),
    /"side\.txt", line 1: it has 4 columns, and a row is `user friend \[weight\]`/,
  );
  assert.throws(() => readFriends(source("1 2\n2 3 1 4\n"), users), /line 2: it has 4 columns/);
  assert.throws(
    () => readKnowledge(source("1 by 2 3\n"), undefined, users),
    /it has 4 columns, and a row is `head relation tail`/,
  );
  for (const weight of ["-1", "1e39"]) {
    assert.throws(
      () => readFriends(source(`1 2 ${weight}\n`), users),
      /its weight \(column 3\) is .*: a weight is a number of at least 0/,
    );
  }
  assert.equal(readFriends(source("user,friend,since,note\n1,2,2020,x\n"), users).friends.targets.length, 1);
});

Deno.test("a friend may weigh nothing, and is one all the same", () => {
  const { friends } = readFriends(source("f.csv", "user,friend,weight\nann,bob,0\nann,cat,2\n"), users);
  assert.deepEqual([rowsOf(friends), friends.weights], [[[1, 2], [], []], Float32Array.of(0, 2)]);
});
