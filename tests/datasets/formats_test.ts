import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { InputError } from "../../datasets/input_error.ts";
import { formats } from "../../datasets/formats.ts";
import { interactions } from "../../datasets/interactions.ts";
import { namedIds } from "../../datasets/ids.ts";
import { type DatasetOptions, parseDataset } from "../../datasets/parse.ts";
import { writeAdjacency, writeTsv } from "../../datasets/write.ts";
import { anyLog } from "./any_log.ts";

const source = (file: string, text: string | Uint8Array) => ({
  file,
  bytes: typeof text === "string" ? new TextEncoder().encode(text) : text,
});
const parse = (file: string, text: string | Uint8Array, options: DatasetOptions = {}) =>
  parseDataset("test", { train: source(file, text) }, options);
const rejects = async (file: string, text: string | Uint8Array, message: RegExp, options: DatasetOptions = {}) =>
  await assert.rejects(parse(file, text, options), (error) => {
    assert(error instanceof InputError, String(error));
    assert.match(error.message, message);
    assert(error.message.includes(`"${file}"`));
    return true;
  });

Deno.test("adjacency keeps its own numbers as dense ids, gaps included, over all parts", async () => {
  const { train, test, itemIds } = await parseDataset("test", {
    train: source("train.txt", "0 5 2\n3 2 \n"),
    test: source("test.txt", "1 9\n"),
  });
  assert.deepEqual([train.users, train.items], [Int32Array.of(0, 0, 3), Int32Array.of(5, 2, 2)]);
  assert.deepEqual([train.userCount, test!.userCount, train.itemCount, itemIds.names[9]], [4, 4, 10, "9"]);
});

Deno.test("adjacency of ids that are not canonical numbers numbers them by first appearance", async () => {
  const { train, userIds, itemIds } = await parse("train.txt", "bob x 07\nann 07 7\n");
  assert.deepEqual([userIds.names, itemIds.names], [["bob", "ann"], ["x", "07", "7"]]);
  assert.deepEqual(train.items, Int32Array.of(0, 1, 1, 2));
  assert.deepEqual((await parse("train.txt", "-bob -x -\nann -7z\n")).itemIds.names, ["-x", "-", "-7z"]);
  assert.deepEqual((await parse("train.txt", "0 07\n1 7\n")).itemIds.names, ["07", "7"]); // which are two
});

Deno.test("a number so large that its table would be mostly empty is a name, not a dense id", async () => {
  const { train, itemIds } = await parse("train.txt", "0 900000000 3\n");
  assert.deepEqual([train.itemCount, itemIds.names], [2, ["900000000", "3"]]);
});

Deno.test("adjacency errors name the file and the line", async () => {
  await rejects("a.txt", "0 1\n1 -2\n", /line 2: item -2 is negative/);
  await rejects("a.txt", "-1 1\n", /line 1: user -1 is negative/);
  await rejects("a.txt", "0 1\n1\n", /line 2: its user has no items: .*; leave it out, or in code let it be by "allow/);
  await rejects("a.txt", "0 1\n\n1 2\n", /line 2: it is blank/);
  await rejects("a.txt", "0 1\n\n\n1 2\n", /line 2: it is blank/);
  await rejects("a.txt", "0\n1\n", /no interactions/, { allowEmptyUsers: true });
  const { train, notes } = await parse("a.txt", "0 1\n1\n", { allowEmptyUsers: true });
  assert.deepEqual([train.users.length, notes], [1, ["train: 1 line of a user and no items"]]);
});

Deno.test("nothing need be held out of a user whom a held-out adjacency list names", async () => {
  const sources = { train: source("train.txt", "0 1\n1 2\n"), test: source("test.txt", "0 2\n1 \n") };
  const { test, notes } = await parseDataset("parts", sources);
  assert.deepEqual([test!.users, notes], [Int32Array.of(0), ["test: 1 line of a user and no items"]]);
  await assert.rejects(
    parseDataset("parts", sources, { allowEmptyUsers: false }),
    /test.txt", line 2: its user has no/,
  );
  const train = { ...sources, train: source("train.txt", "0 1\n1\n") };
  await assert.rejects(parseDataset("parts", train), /train.txt", line 2: its user has no items/);
});

Deno.test("empty files, and bytes that are not UTF-8, are refused by file and line", async () => {
  await rejects("a.txt", "", /it is empty/);
  await rejects("a.csv", " \n\r\n\t\n", /it is empty/);
  await rejects("a.txt", Uint8Array.of(48, 32, 49, 10, 50, 0xe9, 10), /line 2: byte 0xe9 is not UTF-8/);
  // the three-byte sign spans the 65,536th byte; the bad byte comes after
  const long = new TextEncoder().encode("x".repeat(65534) + "€\n0 1\n"), cut = long.slice();
  cut[cut.length - 2] = 0xff;
  await rejects("a.txt", cut, /line 2: byte 0xff/);
  await rejects("a.txt", long.subarray(0, 65536), /line 1: byte 0xe2/);
  // signs of two bytes, one of which is cut where that many bytes less 3 are
  const signs = new TextEncoder().encode("é".repeat(32770) + "\n0 1\n");
  signs[signs.length - 2] = 0xff;
  await rejects("a.txt", signs, /line 2: byte 0xff/);
});

Deno.test("a byte-order mark, Windows line ends and a missing last line end change nothing", async () => {
  const { train, userIds } = await parse("a.csv", "\ufeffuser,item\r\nu1,i1\r\nu2,i1");
  assert.deepEqual([train.items, userIds.names], [Int32Array.of(0, 0), ["u1", "u2"]]);
});

Deno.test("every delimiter is told from the first row, and can be forced", async () => {
  for (const [text, delimiter] of [["a\tx\nb\ty", "\t"], ["a,x\nb,y", ","], ["a;x\nb;y", ";"], ["a::x\nb::y", "::"]]) {
    for (const options of [{}, { delimiter: delimiter! }]) {
      const { itemIds } = await parse("log.txt", text!, { format: "delimited", header: false, ...options });
      assert.deepEqual(itemIds.names, ["x", "y"], JSON.stringify(delimiter));
    }
  }
  const { itemIds } = await parse("log.txt", "a  x 1\na y\t2\nb x 3\n");
  assert.deepEqual(itemIds.names, ["x", "y"]);
});

Deno.test("columns are found by common names, by the names given, and by number", async () => {
  const text = "when,movieId,stars,userId,other\n5,m,4.5,u,z\n";
  const { train, userIds, itemIds } = await parse("log.csv", text, { columns: { time: "when" } });
  assert.deepEqual([userIds.names, itemIds.names], [["u"], ["m"]]);
  assert.deepEqual([train.ratings, train.times], [Float32Array.of(4.5), Float64Array.of(5)]);
  const numbered = await parse("log.csv", text, { columns: { item: 5 } });
  assert.deepEqual([numbered.itemIds.names, numbered.train.times], [["z"], undefined]);
  const bare = await parse("log.csv", "9,u,m\n8,v,m\n", { columns: { user: 2, item: 3, rating: 1 } });
  assert.deepEqual([bare.userIds.names, bare.train.ratings], [["u", "v"], Float32Array.of(9, 8)]);
  const chosen = await parse("log.csv", "u,m,3,5\n", { columns: { user: 1, item: 2 } }); // and nothing else
  assert.deepEqual([chosen.train.ratings, chosen.train.times], [undefined, undefined]);
});

Deno.test("without a header columns are user, item, rating, time, and a third that can only be a time is one", async () => {
  const four = await parse("log.tsv", "u\ti\t3\t881250949\n");
  assert.deepEqual([four.train.ratings, four.train.times], [Float32Array.of(3), Float64Array.of(881250949)]);
  const three = await parse("log.tsv", "u\ti\t881250949\n");
  assert.deepEqual([three.train.ratings, three.train.times], [undefined, Float64Array.of(881250949)]);
  assert.deepEqual(three.notes, [
    'train: no header: columns read are user 1, item 2, time 3; the first row is "u", "i", "881250949"',
  ]);
});

Deno.test("quoted fields may hold delimiters, quotes and line ends, and later errors count their lines", async () => {
  const { itemIds } = await parse("log.csv", 'user,item\n1,"a, ""b""\nc"\n2,"d"\n');
  assert.deepEqual(itemIds.names, ['a, "b"\nc', "d"]);
  await rejects("log.csv", 'user,item,rating\n1,"a\nb",5\n2,c,x\n', /line 4: its rating \(column 3\) is "x"/);
  await rejects("log.csv", 'user,item\n1,"a\n2,b\n', /line 2: a quote opens here/);
  await rejects("log.csv", 'user,item\n1,"a"b\n', /line 2: text follows a closing quote/);
});

Deno.test("times may be dates of ISO 8601, whose zone may have hours alone, as databases write it", async () => {
  const dates = ["2024-05-25", "2024-05-25T02:00:00+02:00", "2024-05-25 02:00:00+02", "2024-05-24T22:30-0130"];
  const same = [...dates, "2024-05-24 19:00:00.000-05", "2024-05-25 00:00"];
  const { train } = await parse("log.csv", `user,item,time\n${same.map((at, n) => `u,i${n},${at}\n`).join("")}`);
  assert.deepEqual([...train.times!], same.map(() => Date.UTC(2024, 4, 25) / 1000));
});

Deno.test("delimited errors name the file and the line", async () => {
  await rejects("log.csv", "buyer,sku,n\na,b,1\n", /line 1: no user column among "buyer", "sku", "n"/);
  await rejects("log.csv", "user,item\na,b\n", /no time column named "when"/, { columns: { time: "when" } });
  await rejects("log.csv", "user,item\na,b\n", /no time column number 7/, { columns: { time: 7 } });
  await rejects("log.csv", "user,item,rating\na,b,3\na,c\n", /line 3: it has 2 columns where 3 are read/);
  await rejects(
    "log.csv",
    "user,item,rating\na,b,3\na,c,d,4\n",
    /line 3: it has 4 columns, the first row has 3; .* in quotes/,
  );
  await rejects("log.tsv", "a\tb\nc\td\te\n", /line 2: it has 3 columns, the first row has 2/);
  await rejects(
    "log.csv",
    "user,item,time\na,b,05/25/2024\n",
    /line 2: its time \(column 3\) is "05\/25\/2024": a time is a number or a date such as 2024-05-25/,
  );
  await rejects(
    "log.csv",
    "user,item,rating\na,b,1e39\n",
    /line 2: its rating \(column 3\) is "1e39": a rating is a number/,
  );
  await rejects("log.csv", "user,item\n,b\n", /line 2: its user \(column 1\) is empty/);
  await rejects("log.csv", "user,item\n", /no interactions/);
  await rejects("log.csv", "user\nb\n", /line 1: it has one column/);
  await rejects("log.csv", "a,b\n", /no ratings/, { minRating: 3 });
});

Deno.test("a delimiter at the end of a row is no column, and columns that are not read are named", async () => {
  const { itemIds, notes } = await parse("log.csv", "user_id,sku,event_time,user,price\na,b,7,z,1,\na,c,8,y,2,\n");
  assert.deepEqual(itemIds.names, ["b", "c"]);
  const read = 'columns read are user "user", item "sku", time "event_time"; not "user_id", "price"';
  assert.deepEqual(notes, [`train: ${read}`]);
  await rejects("log.csv", "user,item\na,b\nc,d,,\n", /line 3: it has 4 columns, the first row has 2/); // two of them
  const lists = "user_id:token\titem_id_list:token_seq\titem_id:token\n7\t1 2\t3\n"; // RecBole's, of next items
  const { train, notes: told } = await parse("x.train.inter", lists);
  assert.equal(train.items.length, 1);
  assert.deepEqual(told, ['train: columns read are user "user_id", item "item_id"; not "item_id_list"']);
});

Deno.test("the error of a header that is a whole file shows little of it", async () => {
  const file = Array.from({ length: 900 }, (_, at) => `buyer${at}`).join(",");
  await rejects("log.csv", `${file}\n1,2\n`, /no user column among "buyer0", .*"buyer19", and 880 more; say which/);
});

Deno.test("ISO dates are times in seconds", async () => {
  const { train } = await parse("log.csv", "user,item,date\na,b,1970-01-02\na,c,1970-01-01T00:01:00Z\n");
  assert.deepEqual(train.times, Float64Array.of(86400, 60));
});

Deno.test("a threshold keeps ratings from it up, and only the users and items that are left get ids", async () => {
  const text = "user,item,rating\na,x,3.5\nb,y,3.4\nb,x,5\n";
  const { train, itemIds, notes } = await parse("log.csv", text, { minRating: 3.5 });
  assert.deepEqual([train.users, itemIds.names], [Int32Array.of(0, 1), ["x"]]);
  assert.deepEqual(notes, ["train: dropped 1 row rated below 3.5, kept 2"]);
  const twice = await parse("log.csv", "user,item,rating\na,x,1\na,x,4\nb,y,3\nb,x,5\n");
  assert.deepEqual([twice.train.items, twice.train.ratings], [Int32Array.of(0, 1, 0), Float32Array.of(4, 3, 5)]);
  assert.equal(twice.merged, 1);
  const tenths = await parse("log.csv", "user,item,rating\na,x,4.1\na,y,4\n", { minRating: 4.1 }); // no float32 is 4.1
  assert.deepEqual(tenths.itemIds.names, ["x"]);
  await rejects("log.csv", text, /none of its ratings is 6 or more/, { minRating: 6 });
  assert.match((await parse("log.csv", text)).notes[0]!, /all 3 rows are positives/);
});

Deno.test("what looks like sequences but has no usual name is refused, and both ways to read it are named", async () => {
  await rejects("data.txt", "5 1 2 3\n6 2 4\n5 9 9 9 9\n", /several begin with the same id.*"sequences".*"adjacency"/);
  await rejects("data.txt", "1\t2\t3,4\n2\t5\n", /its format is not known/); // no list of blanks alone
  await rejects("data.txt", "5 1 2 3 4\n6 2 4 1 3\n5 9 9 9 9\n", /"sequences".*"adjacency"/); // as wide as each other
});

Deno.test("every format is found again by its name, and an unknown one is refused", async () => {
  assert.equal(new Set(formats.map(({ name }) => name)).size, formats.length);
  for (const { name, summary } of formats) assert(name && summary);
  await assert.rejects(parse("a.txt", "0 1", { format: "xml" }), /Cannot read a file as "xml"/);
});

Deno.test("what is written is read back: adjacency and tab-separated values, with names of any kind", async () => {
  const name = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) =>
    text.isWellFormed() && !/[\0\ufeff]/.test(text)
  );
  const names = fc.uniqueArray(name, { minLength: 8, maxLength: 8 });
  await fc.assert(fc.asyncProperty(anyLog, names, names, async (log, users, items) => {
    if (log.users.length === 0) return;
    const ids = { userIds: namedIds(users), itemIds: namedIds(items) };
    const read = await parse("log.tsv", writeTsv(log, ids), { delimiter: "\t", header: true });
    const rows = (from: typeof log, { userIds, itemIds }: typeof ids) =>
      new Set(Array.from(from.users, (user, row) => `${userIds.names[user]}\0${itemIds.names[from.items[row]!]}`));
    assert.deepEqual(rows(read.train, read), rows(log, ids));

    const back = await parse("log.txt", writeAdjacency(log), { format: "adjacency" });
    assert.deepEqual(
      rows(back.train, back),
      rows(log, { userIds: namedIds("012345".split("")), itemIds: namedIds("01234567".split("")) }),
    );
  }));
});

Deno.test("a name with a blank cannot be written in adjacency, and says so", () => {
  const log = interactions({ users: [0], items: [0], userCount: 1, itemCount: 1 });
  const names = { userIds: namedIds(["a b"]), itemIds: namedIds(["x"]) };
  assert.throws(() => writeAdjacency(log, names), /Cannot write "a b"/);
});

Deno.test("no bytes make a parser fail with anything but an InputError, whatever the format", async () => {
  const ascii = fc.string({ unit: fc.constantFrom(...'01a,;\t "\n\r:-.e|') }).map((text) =>
    new TextEncoder().encode(text)
  );
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 64 }), ascii);
  const file = fc.constantFrom("a.txt", "a.csv", "a.inter", "u.data", "ratings.dat");
  const format = fc.constantFrom(undefined, ...formats.map(({ name }) => name));
  await fc.assert(
    fc.asyncProperty(bytes, file, format, async (found, name, forced) => {
      try {
        await parse(name, found, forced === undefined ? {} : { format: forced });
      } catch (error) {
        assert(error instanceof InputError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("times of which some are in seconds and some in milliseconds are told", async () => {
  const log = (...times: number[]) => `user,item,timestamp\n${times.map((time, at) => `u,${at},${time}`).join("\n")}\n`;
  const { notes } = await parse("log.csv", log(1600000000, 1600000000000));
  assert.deepEqual(notes, [
    "train: times run from 1600000000 to 1600000000000: some seem to be in seconds, some in milliseconds, so that no order holds",
  ]);
  for (const times of [[881250949, 1700000000], [0, 5000], [1600000000000, 1700000000000]]) {
    assert.deepEqual((await parse("log.csv", log(...times))).notes, []);
  }
});

Deno.test("text of UTF-16 without a mark, and lines of carriage returns alone, are refused, not read as other ids", async () => {
  const load = (bytes: Uint8Array<ArrayBuffer>, file: string) => parseDataset("test", { train: { file, bytes } });
  const text = "user,item\nann,x\nbob,y\n", wide = new Uint8Array(2 * text.length);
  for (let at = 0; at < text.length; at++) wide[2 * at] = text.charCodeAt(at);
  await assert.rejects(load(wide, "log.csv"), /"log\.csv", line 1: byte 0x00 is of no text/);
  await assert.rejects(load(wide.subarray(-1).slice(), "log.csv"), /byte 0x00/);
  const turns = (text: string) => new TextEncoder().encode(text.replaceAll("\n", "\r"));
  await assert.rejects(
    load(turns("0 1 2\n1 3 4\n2 1 5\n"), "train.txt"),
    /"train\.txt", line 1: its lines end with carriage returns alone/,
  );
  assert.equal((await load(turns("0 1 2 5 7\n"), "train.txt")).train.users.length, 4);
});

Deno.test("a file that is called .csv is parted by its commas, though an id has another delimiter in it", async () => {
  const { userIds, itemIds } = await parse("log.csv", "ann,kg::1\nbob,kg::2\n");
  assert.deepEqual([userIds.names, itemIds.names], [["ann", "bob"], ["kg::1", "kg::2"]]);
  assert.deepEqual((await parse("log.csv", "ann\ta,b\nbob\tc,d\n")).itemIds.names, ["a,b", "c,d"]);
});

Deno.test("a header may have a number among its names, and no two columns that are read are called the same", async () => {
  const { userIds, notes } = await parse("log.csv", "user,item,2020\nann,x,1\nbob,y,2\n");
  assert.deepEqual(userIds.names, ["ann", "bob"]);
  assert.match(notes.join(), /columns read are user "user", item "item"; not "2020"/);
  await assert.rejects(
    parse("log.csv", "user,item,item\nann,x,y\n"),
    /line 1: columns 2 and 3 are both called "item": --item-column .* says by its number which one is read/,
  );
  const twice = "user,sku,sku,note,note\nann,x,y,1,2\n", columns = { item: 3 };
  assert.deepEqual((await parse("log.csv", twice, { columns })).itemIds.names, ["y"]);
  await assert.rejects(parse("log.csv", twice, { columns: { item: "sku" } }), /both called "sku"/);
});

Deno.test("an id is not written to an adjacency list that would be parted there", async () => {
  for (const id of ["a b", "a,b", "a|b", "a;b", "a::b"]) {
    const log = await parse("log.tsv", `user\titem\nann\t${id}\n`);
    assert.throws(() => writeAdjacency(log.train, log), /would be read as what parts ids; write tab-separated values/);
    assert.match(writeTsv(log.train, log), new RegExp(`ann\t${id.replace("|", "[|]")}\n`));
  }
});

Deno.test("rows of MovieLens and RecBole that are wider than theirs are errors, as is a day that no month has", async () => {
  await assert.rejects(parse("ratings.dat", "1::2::5::978300760\n1::3::5::978300760::7\n"), /line 2: it has 5 columns/);
  await assert.rejects(
    parse("ml.inter", "user_id:token\titem_id:token\n1\t2\n1\t3\t4\n"),
    /line 3: it has 3 columns, the first row has 2/,
  );
  const log = (day: string) => `user,item,date\nann,x,${day}\n`;
  assert.equal((await parse("log.csv", log("2024-02-29"))).train.times![0], Date.UTC(2024, 1, 29) / 1000);
  for (const day of ["2023-02-29", "2024-02-30", "2024-04-31T10:00:00Z", "2024-13-01"]) {
    await assert.rejects(parse("log.csv", log(day)), /its time \(column 3\) is/);
  }
});

Deno.test("RecBole's typed header is known by itself, whatever the file is called", async () => {
  const { userIds, itemIds } = await parse("log.txt", "user_id:token\titem_id:token\n7\t1\n8\t1\n");
  assert.deepEqual([userIds.names, itemIds.names], [["7", "8"], ["1"]]);
});

Deno.test("repeated rows of what is held out are merged, and are not counted among those of train", async () => {
  const { merged, test, notes } = await parseDataset("test", {
    train: source("a.csv", "user,item\nu,x\n"),
    test: source("b.csv", "user,item\nu,y\nu,y\n"),
  });
  assert.deepEqual([merged, test!.users.length], [undefined, 1]);
  assert(notes.includes("test: merged 1 row that repeats a user and item"));
});
