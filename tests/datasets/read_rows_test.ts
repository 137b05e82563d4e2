import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { formatOf } from "../../datasets/formats.ts";
import { headOf } from "../../datasets/head.ts";
import { idTable } from "../../datasets/id_table.ts";
import { InputError } from "../../datasets/input_error.ts";
import { loadDataset } from "../../datasets/load.ts";
import { parseDataset } from "../../datasets/parse.ts";
import { joined } from "../../datasets/random_access.ts";
import { withFiles } from "./with_files.ts";

const tables = () => ({ users: idTable(), items: idTable() });
const encode = (text: string) => new TextEncoder().encode(text);

Deno.test("a file scanned in pieces, cut anywhere, gives what it gives whole", () => {
  const csv = 'user,item,rating,time\r\nann,"a ""b"",\n€",4.5,7\r\n\r\nböb,x,1,8\nann,"z",2,9\ncat,y,3,10';
  const json = '{"user": "ann", "item": "€", "rating": 1}\n\n{"user": 7, "item": "x", "rating": 2}\n';
  const dat = "1::10::5::7\n1::11::4::8\n";
  for (const [file, text] of [["log.csv", csv], ["log.jsonl", json], ["ratings.dat", dat]] as const) {
    const source = { file, bytes: encode(text) }, { bytes } = source, format = formatOf(source);
    const ids = tables(), whole = format.parse(source, ids, {});
    fc.assert(fc.property(fc.array(fc.nat(bytes.length), { maxLength: 8 }), (cuts) => {
      const cut = tables(), scan = format.open!(source, cut, {});
      let at = 0, line = 1;
      for (const end of [...cuts.sort((a, b) => a - b), bytes.length]) {
        const stop = scan.take({ file, bytes: bytes.subarray(at, end), line, more: true });
        at += stop.at;
        line = stop.line;
      }
      scan.take({ file, bytes: bytes.subarray(at), line });
      assert.deepEqual(scan.end(), whole);
      assert.deepEqual([cut.users.names(), cut.items.names()], [ids.users.names(), ids.items.names()]);
    }));
  }
});

/** More than the head that is looked at first. */
const ROWS = 120_000;
const row = (n: number) => `user${n % 1000},item${n % 37},${n}`;
const many = `user,item,time\n${Array.from({ length: ROWS }, (_, n) => row(n)).join("\n")}\n`;

Deno.test("a file larger than its head is read in pieces from disk and from gzip, and errors count its lines", async () => {
  const zipped = await new Response(new Blob([many]).stream().pipeThrough(new CompressionStream("gzip"))).bytes();
  const late = (tail: string | Uint8Array) => joined([encode(many), typeof tail === "string" ? encode(tail) : tail]);
  const whole = await parseDataset("log", { train: { file: "log.csv", bytes: encode(many) } });
  assert.deepEqual([whole.userIds.names.length, whole.train.users.length], [1000, 37000]);
  await withFiles({
    "log.csv": many,
    "log.csv.gz": zipped,
    "short.csv": late("ann\n"),
    "quote.csv": late('ann,"heat,3\n'),
    "latin1.csv": late(Uint8Array.of(...encode("ann,heat,3\nb"), 0xe9, ...encode(",heat,3\n"))),
    "nul.csv": late("ann,heat,3\nb\0b,heat,3\n"),
    "cut.csv": late(Uint8Array.of(0x61, 0xe2, 0x82)),
    "cut.csv.gz": zipped.subarray(0, zipped.length - 20000),
  }, async (folder) => {
    for (const name of ["log.csv", "log.csv.gz"]) {
      const { train, userIds, itemIds, notes } = await loadDataset(`${folder}/${name}`);
      assert.deepEqual([train, notes], [whole.train, whole.notes]);
      assert.deepEqual([userIds.names, itemIds.names], [whole.userIds.names, whole.itemIds.names]);
    }
    const rejects = (name: string, message: RegExp) =>
      assert.rejects(loadDataset(`${folder}/${name}`), (error) => {
        assert(error instanceof InputError, String(error));
        assert.match(error.message, message);
        return true;
      });
    const next = ROWS + 2;
    await rejects("short.csv", new RegExp(`short.csv", line ${next}: it has 1 columns`));
    await rejects("quote.csv", new RegExp(`line ${next}: a quote opens here and never closes`));
    await rejects("latin1.csv", new RegExp(`line ${next + 1}: byte 0xe9 is not UTF-8`));
    await rejects("nul.csv", new RegExp(`line ${next + 1}: byte 0x00 is of no text`));
    await rejects("cut.csv", new RegExp(`line ${next}: byte 0xe2 is not UTF-8`));
    await rejects("cut.csv.gz", /it starts as gzip but does not unzip/);
  });
});

Deno.test("the head of a file ends between characters", async () => {
  const bytes = encode(`${"x".repeat(2 ** 20 - 1)}€${"y".repeat(9)}`);
  async function* open() {
    yield bytes.subarray(0, 2 ** 20 + 1);
    yield bytes.subarray(2 ** 20 + 1);
  }
  const { bytes: head, rest } = await headOf("a.txt", open);
  assert.equal(head.length, 2 ** 20 - 1);
  assert.deepEqual(await new Response(ReadableStream.from(rest!)).text(), `€${"y".repeat(9)}`);
});
