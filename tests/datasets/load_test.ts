import assert from "node:assert/strict";
import { openFile } from "../../datasets/files.ts";
import { InputError } from "../../datasets/input_error.ts";
import { loadDataset } from "../../datasets/load.ts";
import { withFiles } from "./with_files.ts";
import { zipOf } from "./zip_of.ts";

async function gzip(text: string): Promise<Uint8Array> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

Deno.test("a folder with train, valid and test lists is a split dataset, gzip included", () =>
  withFiles({ "train.txt.gz": "", "valid.txt": "0 2\n", "test_id.txt": "0 3\n" }, async (folder) => {
    await Deno.writeFile(`${folder}/train.txt.gz`, await gzip("0 0 1\n1 0\n"));
    const { train, valid, test } = await loadDataset(`${folder}/`);
    assert.deepEqual([train.items, valid?.items, test?.items], [
      Int32Array.of(0, 1, 0),
      Int32Array.of(2),
      Int32Array.of(3),
    ]);
  }));

Deno.test("nothing need be held out of a user of a folder's test list, as in KGAT's Amazon-Book", () =>
  withFiles({ "train.txt": "0 1\n1 2\n", "test.txt": "0 2\n1\n" }, async (folder) => {
    const { test, notes } = await loadDataset(folder);
    assert.deepEqual([test!.users, notes], [Int32Array.of(0), ["test: 1 line of a user and no items"]]);
  }));

Deno.test("gzip files put one behind the other are read whole; what is cut, or has something else behind it, is an error", () =>
  withFiles({}, async (folder) => {
    const [first, second] = await Promise.all([gzip("user,item\nann,x\n"), gzip("bob,y\ncat,x\n")]);
    const write = (name: string, ...parts: Uint8Array[]) =>
      Deno.writeFile(`${folder}/${name}`, Uint8Array.from(parts.flatMap((part) => [...part])));
    await write("both.csv.gz", first, second);
    const { train, userIds } = await loadDataset(`${folder}/both.csv.gz`);
    assert.deepEqual([userIds.names, train.users.length], [["ann", "bob", "cat"], 3]);
    await write("cut.csv.gz", first, second.subarray(0, -6));
    await write("more.csv.gz", first, new TextEncoder().encode("bob,y\n"));
    for (const name of ["cut.csv.gz", "more.csv.gz"]) {
      await assert.rejects(loadDataset(`${folder}/${name}`), /it starts as gzip but does not unzip/);
    }
  }));

Deno.test("gzip is known by its bytes, whatever the name, and broken gzip says so", () =>
  withFiles({ "log.csv": "", "broken.csv": Uint8Array.of(0x1f, 0x8b, 1, 2, 3) }, async (folder) => {
    await Deno.writeFile(`${folder}/log.csv`, await gzip("user,item\na,b\n"));
    assert.deepEqual((await loadDataset(`${folder}/log.csv`)).userIds.names, ["a"]);
    await assert.rejects(loadDataset(`${folder}/broken.csv`), /broken.csv": it starts as gzip/);
  }));

Deno.test("explicit valid and test files go with a train file", () =>
  withFiles(
    { "a.csv": "user,item\nu,x\n", "b.csv": "user,item\nv,y\n", "c.csv": "user,item\nu,y\n" },
    async (folder) => {
      const options = { valid: `${folder}/b.csv`, test: `${folder}/c.csv`, name: "mine" };
      const dataset = await loadDataset(`${folder}/a.csv`, options);
      assert.deepEqual([dataset.name, dataset.valid?.users[0], dataset.test?.items[0], dataset.train.userCount], [
        "mine",
        1,
        1,
        2,
      ]);
      assert(dataset.notes.includes("valid: 1 row of a user without train interactions"));
      await assert.rejects(loadDataset(folder, options), /it is a folder/);
    },
  ));

Deno.test("titles come from the file beside: .item, Latin-1 movies.dat and u.item, movies.csv", async () => {
  const latin1 = Uint8Array.from("1::Les Misérables (1995)::Drama\n", (sign) => sign.charCodeAt(0));
  const folders: Record<string, string | Uint8Array>[] = [
    {
      "x.inter": "user_id:token\titem_id:token\n7\t1\n",
      "x.item": "item_id:token\tmovie_title:token_seq\n1\tLes Misérables (1995)\n",
    },
    { "ratings.dat": "7::1::5::978300760\n", "movies.dat": latin1 },
    {
      "u.data": "7\t1\t5\t978300760\n",
      "u.item": latin1.map((byte) => byte === 58 ? 124 : byte).filter((byte, at, all) =>
        byte !== 124 || all[at - 1] !== 124
      ),
    },
    {
      "ratings.csv": "userId,movieId,rating\n7,1,5\n",
      "movies.csv": 'movieId,title,genres\n1,"Les Misérables (1995)",Drama\n',
    },
  ];
  for (const files of folders) {
    await withFiles(files, async (folder) => {
      assert.deepEqual((await loadDataset(folder)).titles, ["Les Misérables (1995)"], Object.keys(files).join());
    });
  }
  const untitled = {
    "ratings.csv": "userId,movieId,rating\n7,1,5\n7,2,5\n",
    "movies.csv": "movieId,title\n1,\n2,Heat\n",
  };
  await withFiles(untitled, async (folder) => {
    assert.deepEqual((await loadDataset(folder)).titles, [undefined, "Heat"]);
  });
});

Deno.test("of a folder with several logs, as RecBole's part1.inter and part2.inter, none is taken for all", async () => {
  const log = "user_id:token\titem_id:token\n7\t1\n", two = { "ml.part1.inter": log, "ml.part2.inter": log };
  await withFiles(two, async (folder) => {
    const parts =
      /which of "ml.part1.inter", "ml.part2.inter" has the interactions\? Name it: ".*\/ml.part1.inter"; parts/;
    await assert.rejects(
      loadDataset(`${folder}/`),
      (error) => error instanceof InputError && parts.test(error.message),
    );
    const named = await loadDataset(`${folder}/ml.part1.inter`, { test: `${folder}/ml.part2.inter` });
    assert.deepEqual([named.train.users.length, named.test?.users.length], [1, 1]);
  });
  await withFiles({ "ml.zip": await zipOf(two) }, async (folder) => {
    await assert.rejects(loadDataset(`${folder}/ml.zip`), /which of "ml.part1.inter", "ml.part2.inter"/);
  });
  const gzipped = { "ml.inter": log, "ml.inter.gz": log }; // one log, and the same again
  await withFiles(gzipped, async (folder) => assert.equal((await loadDataset(folder)).train.users.length, 1));
  const twice = { "train.txt": "0 1\n", "train.csv": "user,item\n0,1\n", "a.inter": log, "b.inter": log };
  await withFiles(twice, async (folder) => assert.equal((await loadDataset(folder)).train.users.length, 1));
});

Deno.test("an unknown folder and a missing path say what was looked for", () =>
  withFiles({ "notes.md": "1 2 3\n" }, async (folder) => {
    await assert.rejects(loadDataset(folder), /no dataset in this folder; looked for "train.txt"/);
    await assert.rejects(
      loadDataset(`${folder}/none`),
      (error) => error instanceof InputError && /no such file/.test(error.message),
    );
  }));

Deno.test("what is held out is read as train is, though its lines by themselves look like something else", () =>
  withFiles({ "train.txt": "0 5 3\n0 6 4\n1 7 3\n", "test.txt": "0 8 3\n1 5 2\n" }, async (folder) => {
    const { name, test, itemIds } = await loadDataset(`${folder}/`); // lines of different users might be lists of items
    assert.deepEqual([...test!.items].map((item) => itemIds.names[item]), ["8", "5"]);
    assert.deepEqual([...test!.ratings!], [3, 2]);
    assert.equal(name, folder.split("/").at(-1));
  }));

Deno.test("a file that becomes shorter while it is read is an error, not an end", () =>
  withFiles({ "log.csv": "user,item\na,b\n" }, async (folder) => {
    const file = await openFile(`${folder}/log.csv`);
    await Deno.truncate(`${folder}/log.csv`, 4);
    await assert.rejects(file.slice(0), /log\.csv": it became shorter while it was read/);
  }));
