import { Buffer } from "node:buffer";
import { makeFolder, readBytesOf, writeWhole } from "../files.ts";
import { runFiles } from "../run_files.ts";
import { claim } from "../study_claim.ts";
import { isDone } from "../study_folder.ts";
import type { Redis } from "./bullmq.ts";

/** Files that travel are called so: nothing that is sent can be written elsewhere than into its folder. */
const TRAVELS = /^[a-z]\w*\.(json|jsonl|yaml|safetensors)$/;

/** Leaves what lies in the folder of a trial that is done with a server: a hash of its files, compressed. */
export async function sendOutcome(redis: Redis, key: string, folder: string): Promise<void> {
  const names = Array.from(Deno.readDirSync(folder), ({ name }) => name)
    .filter((name) => TRAVELS.test(name) && name !== runFiles.checkpoint);
  const files = await Promise.all(names.map(async (name) => {
    const bytes = await readBytesOf(`${folder}/${name}`, "a file of a trial");
    return [name, Buffer.from(await through(bytes, new CompressionStream("gzip")))] as const;
  }));
  await redis.hset(key, Object.fromEntries(files));
}

/** Writes what a worker left to a folder, unless it is there. @returns whether it is there now. */
export async function fetchOutcome(redis: Redis, key: string, folder: string): Promise<boolean> {
  if (await isDone(folder)) return true;
  const files = Object.entries(await redis.hgetallBuffer(key)).filter(([name]) => TRAVELS.test(name));
  if (files.length === 0) return false;
  await makeFolder(folder);
  const claimed = await claim(folder);
  if (!claimed) return false; // a process here is at it
  try {
    const last = ([name]: readonly [string, unknown]) => Number(name === runFiles.metrics); // where it is, all is
    for (const [name, bytes] of files.sort((a, b) => last(a) - last(b))) {
      await writeWhole(`${folder}/${name}`, await through(bytes, new DecompressionStream("gzip")));
    }
  } finally {
    claimed.release();
  }
  return await isDone(folder);
}

async function through(bytes: Uint8Array, transform: TransformStream<BufferSource, Uint8Array>): Promise<Uint8Array> {
  const stream = new Blob([bytes as BufferSource]).stream().pipeThrough(
    transform as TransformStream<Uint8Array, Uint8Array>,
  );
  return new Uint8Array(await new Response(stream as BodyInit).arrayBuffer());
}
