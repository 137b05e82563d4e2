import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import fc from "npm:fast-check@4.10.2";
import { InputError } from "../../datasets/input_error.ts";
import { loadDataset, type LoadOptions } from "../../datasets/load.ts";
import { parseDataset } from "../../datasets/parse.ts";
import type { Source } from "../../datasets/source.ts";
import { type MetadataFiles, withMetadata } from "../../datasets/with_metadata.ts";
import { parquetFiles } from "./parquet_files.ts";
import { zipOf } from "./zip_of.ts";

/** How a file is damaged. */
type Damage =
  | { readonly kind: "set" | "insert"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: "cut" | "repeat"; readonly at: number; readonly length: number };

const at = fc.double({ min: 0, max: 1, noNaN: true }); // of the file's length
const telling = fc.constantFrom(0, 1, 9, 10, 13, 32, 34, 44, 45, 58, 91, 92, 123, 125, 127, 128, 0xe2, 0xff);
const some = fc.uint8Array({ minLength: 1, maxLength: 4 });
const bytes = fc.oneof(some, fc.array(telling, { minLength: 1, maxLength: 4 }).map((list) => Uint8Array.from(list)));
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constantFrom("set" as const, "insert" as const), at, bytes }),
  fc.record({ kind: fc.constantFrom("cut" as const, "repeat" as const), at, length: fc.nat({ max: 200 }) }),
);

function damaged(file: Uint8Array, { kind, at: place, ...what }: Damage): Uint8Array<ArrayBuffer> {
  const start = Math.floor(place * file.length), bytes = "bytes" in what ? what.bytes : new Uint8Array();
  const end = Math.min(file.length, start + ("length" in what ? what.length : bytes.length));
  const parts = {
    set: [file.subarray(0, start), bytes, file.subarray(end)],
    insert: [file.subarray(0, start), bytes, file.subarray(start)],
    cut: [file.subarray(0, start), file.subarray(end)],
    repeat: [file.subarray(0, end), file.subarray(start, end), file.subarray(end)],
  }[kind];
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

const encode = (text: string) => new TextEncoder().encode(text);
const gzip = async (text: string) =>
  await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).bytes();

async function sqlite(folder: string): Promise<Uint8Array<ArrayBuffer>> {
  const path = `${folder}/made.sqlite`, database = new DatabaseSync(path);
  database.exec("pragma page_size = 512; create table plays (user text, item integer, time real)");
  database.exec("insert into plays values ('ann', 7, 1.5), ('bob', 8, 2), ('ann', 9, 3)");
  database.close();
  return await Deno.readFile(path);
}

const csv = 'user,item,rating,time\nann,"a ""b"",\nc",4.5,978300760\nböb,x,1,1970-01-02\n\nann,x,5,12\n';
const json =
  '{"user": "ann", "item": {"id": 9007199254740993}, "rating": 1}\n{"user": "b€", "item": {"id": 2}, "rating": 2}\n';

/** A file of each kind, and how it is read. */
const whole = (folder: string): Promise<readonly (readonly [string, Uint8Array, LoadOptions?])[]> =>
  Promise.all([
    ["log.csv", encode(csv)],
    ["log.tsv", encode("u\ti\t3\t881250949\nv\ti\t1\t881250950\n")],
    ["ml.inter", encode("user_id:token\titem_id:token\ttimestamp:float\n7\t1\t5\n8\t1\t6\n")],
    ["u.data", encode("196\t242\t3\t881250949\n186\t302\t3\t891717742\n")],
    ["ratings.dat", encode("1::1193::5::978300760\n2::661::3::978302109\n")],
    ["train.txt", encode("0 10 11\n1 11\n5 2 3 4\n")],
    ["train_data.txt", encode("7 9 8\n9 7\n1 2 3\n")],
    ["log.jsonl", encode(json), { columns: { item: "item.id" } }],
    ["log.csv.gz", gzip(csv)],
    ["log.zip", zipOf({ "a/log.csv": csv, "a/readme.txt": "x" })],
    ["ml.zip", zipOf({ "ml/ratings.csv": csv, "ml/movies.csv": "movieId,title,genres\nx,Heat,Crime|Drama\n" })],
    ...Object.values(parquetFiles).map((file) => ["log.parquet", file]),
    ["my.sqlite", sqlite(folder)],
  ].map(async ([name, file, options]) => [name, await file, options] as readonly [string, Uint8Array, LoadOptions?]));

/** Loads; only an error of input that names the file is allowed. */
async function load(folder: string, name: string, file: Uint8Array, options: LoadOptions = {}): Promise<void> {
  const path = `${folder}/${name}`;
  await Deno.writeFile(path, file);
  try {
    const { train } = await loadDataset(path, options);
    assert(train.users.length > 0);
  } catch (error) {
    assert(error instanceof InputError, `${name}: ${(error as Error).stack}`);
    assert(error.message.includes(name), error.message);
    assert(!/\n {4}at /.test(error.message), "no stack trace");
  } finally {
    await Deno.remove(path);
  }
}

const RUNS = Number(Deno.env.get("FOIL_FUZZ_RUNS") ?? 40);

Deno.test("however files of each kind are damaged, they load or are refused by an error that names them", async () => {
  const folder = await Deno.makeTempDir({ prefix: "foil-fuzz" });
  try {
    for (const [name, file, options] of await whole(folder)) {
      await fc.assert(
        fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), async (damages) => {
          await load(folder, name, damages.reduce(damaged, file), options);
        }),
        { numRuns: RUNS },
      );
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("whatever bytes follow the first ones of a kind, and under any name, they load or are refused", async () => {
  const starts = [
    "",
    "PAR1",
    "SQLite format 3\0",
    "PK\x03\x04",
    "PK\x05\x06",
    "\x1f\x8b\x08\0",
    "12345678DUCK",
    "\ufeff",
    "{",
    '"',
    "user,item\n",
  ];
  const names = [
    "a.txt",
    "a.csv",
    "a.inter",
    "u.data",
    "ratings.dat",
    "a.jsonl",
    "train_data.txt",
    "a.zip",
    "a.parquet",
  ];
  const start = fc.constantFrom(...starts.map((text) => Uint8Array.from(text, (sign) => sign.charCodeAt(0))));
  const text = fc.string({ unit: fc.constantFrom(...'01a,;\t "\n\r:-.e|{}[]') }).map(encode);
  const folder = await Deno.makeTempDir({ prefix: "foil-fuzz" });
  try {
    await fc.assert(
      fc.asyncProperty(
        start,
        fc.oneof(fc.uint8Array({ maxLength: 80 }), text),
        fc.constantFrom(...names),
        async (a, b, name) => {
          // DuckDB's own files are left to it: it is native, and 150 MB
          const file = new Uint8Array([...a, ...b]);
          if (file[8] === 0x44 && file[9] === 0x55) return;
          await load(folder, name, file);
        },
      ),
      { numRuns: 10 * RUNS },
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("however files of side information are damaged, they are read or refused by an error that names them", async () => {
  const log = await parseDataset("log", { train: { file: "log.csv", bytes: encode("user,item\nann,x\nbob,y\n") } });
  const files: readonly (readonly [Exclude<keyof MetadataFiles<Source>, "vectors" | "behaviours">, string])[] = [
    ["friends", "ann bob 2\nbob ann\n"],
    ["attributes", "item,genre\nx,crime|drama\ny,horror\n"],
    ["userAttributes", "user_id:token\tage:token\nann\t9\nbob\t7\n"],
    ["dislikes", "ann,y,1\nbob,x,0.5\n"],
    ["source", '{"user": "ann", "item": "z"}\n'],
    ["knowledge", "x by m1\ny by m1\n"],
  ];
  const damages = fc.array(damage, { minLength: 1, maxLength: 3 });
  const read = (file: string, metadata: MetadataFiles<Source>) => {
    try {
      withMetadata(log, metadata);
    } catch (error) {
      assert(error instanceof InputError, `${file}: ${(error as Error).stack}`);
      assert(error.message.includes(file), error.message);
    }
  };
  for (const [part, text] of files) {
    fc.assert(fc.property(damages, (all) => {
      read("side.txt", { [part]: { file: "side.txt", bytes: all.reduce(damaged, encode(text)) } });
    }));
  }
  fc.assert(fc.property(damages, (all) => {
    const source = { file: "v.tsv", bytes: all.reduce(damaged, encode("x\t1\t2\ny\t0.5\t-1e3\n")) };
    read("v.tsv", { vectors: [["text", source]] });
  }));
});
