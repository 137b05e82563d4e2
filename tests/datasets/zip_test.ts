import assert from "node:assert/strict";
import { InputError } from "../../datasets/input_error.ts";
import { loadDataset } from "../../datasets/load.ts";
import { withFiles } from "./with_files.ts";
import { zipOf } from "./zip_of.ts";

const latin1 = (text: string) => Uint8Array.from(text, (sign) => sign.charCodeAt(0));

Deno.test("MovieLens archives are read as downloaded, with titles and genres where their folders have them", async () => {
  const readme = "MovieLens\n=========\n1 2 3\n", films = "1::Les Misérables (1995)::Drama\n";
  const archives = {
    "ml-100k.zip": {
      "ml-100k/": "",
      "ml-100k/README": readme,
      "ml-100k/u.data": "7\t1\t5\t881250949\n",
      "ml-100k/u1.base": "7\t1\t5\t881250949\n",
      "ml-100k/u.item": latin1("1|Les Misérables (1995)|01-Jan-1995\n"),
      "ml-100k/u.user": "7|24|M|technician|85711\n",
    },
    "ml-1m.zip": {
      "ml-1m/ratings.dat": "7::1::5::978300760\n",
      "ml-1m/movies.dat": latin1(films),
      "ml-1m/users.dat": "7::F::1::10::48067\n",
      "__MACOSX/ml-1m/._ratings.dat": "x",
    },
    "ml-latest-small.zip": {
      "ml-latest-small/links.csv": "movieId,imdbId,tmdbId\n1,0114709,862\n",
      "ml-latest-small/movies.csv": 'movieId,title,genres\n1,"Les Misérables (1995)",Drama|War\n',
      "ml-latest-small/ratings.csv": "userId,movieId,rating,timestamp\n7,1,4.5,964982703\n",
      "ml-latest-small/tags.csv": "userId,movieId,tag,timestamp\n7,1,sad,1445714994\n",
    },
  };
  for (const [name, files] of Object.entries(archives)) {
    await withFiles({ [name]: await zipOf(files) }, async (folder) => {
      const { train, userIds, itemIds, titles, metadata, ...found } = await loadDataset(`${folder}/${name}`);
      assert.deepEqual([userIds.names, itemIds.names, train.times?.length], [["7"], ["1"], 1], name);
      assert.deepEqual([found.name, titles], [name.replace(".zip", ""), ["Les Misérables (1995)"]]);
      if (name === "ml-latest-small.zip") assert.deepEqual(metadata?.attributes?.names, ["Drama", "War"]);
    });
  }
});

Deno.test("an archive may hold one log of any format, stored or deflated, parts of a dataset, or gzip", async () => {
  const csv = "user,item\na,x\n",
    gz = await new Response(
      new Blob([csv]).stream().pipeThrough(
        new CompressionStream("gzip"),
      ),
    ).bytes();
  const files = {
    "one.zip": await zipOf({ "README.txt": "a log\n", "deep/er/plays.jsonl": '{"user": "a", "item": "x"}\n' }),
    "stored.zip": await zipOf({ "log.csv": csv }, { store: true }),
    "gzip.zip": await zipOf({ "log.csv.gz": gz }),
    "parts.zip": await zipOf({ "train.txt": "0 1\n", "test.txt": "0 2\n" }),
    "commented.zip": await zipOf({ "log.csv": csv }).then((zip) => {
      const long = new Uint8Array(zip.length + 300).fill(0x50);
      long.set(zip);
      new DataView(long.buffer).setUint16(zip.length - 2, 300, true);
      return long;
    }),
  };
  await withFiles(files, async (folder) => {
    for (const name of ["one", "stored", "gzip", "commented"]) {
      assert.deepEqual((await loadDataset(`${folder}/${name}.zip`)).itemIds.names, ["x"], name);
    }
    assert.deepEqual((await loadDataset(`${folder}/parts.zip`)).test?.items, Int32Array.of(2));
  });
});

Deno.test("of an archive of several logs one is named, by its path behind the archive's", async () => {
  const zip = await zipOf({ "a/plays.csv": "user,item\na,x\n", "b/clicks.csv": "user,item\nb,y\n" });
  await withFiles({ "both.zip": zip }, async (folder) => {
    await assert.rejects(
      loadDataset(`${folder}/both.zip`),
      /which of "a\/plays.csv", "b\/clicks.csv" has the interactions\? Name it: ".*both.zip\/a\/plays.csv"/,
    );
    assert.deepEqual((await loadDataset(`${folder}/both.zip/b/clicks.csv`)).userIds.names, ["b"]);
    const { test } = await loadDataset(`${folder}/both.zip/a/plays.csv`, { test: `${folder}/both.zip/b/clicks.csv` });
    assert.equal(test?.users.length, 1);
    await assert.rejects(
      loadDataset(`${folder}/both.zip/c.csv`),
      /no "c.csv" in this archive, which has "a\/plays.csv"/,
    );
  });
});

Deno.test("of an archive of several datasets the one in the fewest folders is taken, and of two that are alike none", async () => {
  const parts = (folder: string, item: number) => ({
    [`${folder}/train.txt`]: `0 ${item}\n`,
    [`${folder}/test.txt`]: "0 9\n",
  });
  await withFiles({
    "two.zip": await zipOf({ ...parts("a", 1), ...parts("b", 2) }),
    "deep.zip": await zipOf({ ...parts("a/b", 1), ...parts("z", 2) }),
  }, async (folder) => {
    await assert.rejects(loadDataset(`${folder}/two.zip`), /which of "a\/test.txt", "a\/train.txt", "b\/test.txt"/);
    assert.deepEqual((await loadDataset(`${folder}/deep.zip`)).train.items, Int32Array.of(2));
  });
});

Deno.test("archives that are cut, broken, encrypted or packed by other methods say so", async () => {
  const files = { "log.csv": `user,item\n${"a,x\n".repeat(500)}` }, good = await zipOf(files);
  const flipped = (at: number, zip: Uint8Array<ArrayBuffer>) => zip.map((byte, n) => n === at ? byte ^ 1 : byte);
  const cases: Readonly<Record<string, readonly [Uint8Array, RegExp]>> = {
    "cut.zip": [good.subarray(0, good.length - 30), /cut.zip": it is no whole zip archive/],
    "locked.zip": [await zipOf(files, { flags: 1 }), /locked.zip\/log.csv": it is encrypted: unpack it/],
    "bzip2.zip": [await zipOf(files, { method: 12 }), /it is packed by method 12; read are 0 \(stored\) and 8/],
    "flipped.zip": [flipped(45, good), /flipped.zip\/log.csv": it (does not unpack|is broken)/],
    "stored.zip": [flipped(50, await zipOf(files, { store: true })), /it is broken: .* checksum/],
    "none.zip": [await zipOf({ "readme.md": "x" }), /no file of interactions in this archive, which has "readme.md"/],
    "bad.zip": [await zipOf({ "log.csv": "user,item\na,\n" }), /bad.zip\/log.csv", line 2: its item .* is empty/],
  };
  await withFiles(Object.fromEntries(Object.entries(cases).map(([name, [bytes]]) => [name, bytes])), async (folder) => {
    for (const [name, [, message]] of Object.entries(cases)) {
      await assert.rejects(loadDataset(`${folder}/${name}`), (error) => {
        assert(error instanceof InputError, String(error));
        assert.match(error.message, message);
        return true;
      });
    }
  });
});
