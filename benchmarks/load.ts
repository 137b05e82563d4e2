// `deno run -A benchmarks/load.ts [rows]`: how fast a large CSV of users, items, ratings and times is read, and what
// memory that peaks at beside what is left in typed arrays. Writes the file (25 bytes a row) and removes it again.
import { loadDataset } from "../datasets/load.ts";

const USERS = 1_000_000, ITEMS = 200_000, START = 1_500_000_000;
const MIB = 2 ** 20;

/** Users at random, items likelier the smaller their number, times ascending. */
async function write(path: string, rows: number): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  const encoder = new TextEncoder();
  let state = 1;
  const uniform = () => (state = Math.imul(state, 1664525) + 1013904223 | 0, (state >>> 0) / 2 ** 32); // Numerical Recipes
  let text = "user,item,rating,time\n";
  for (let row = 0; row < rows; row++) {
    const user = Math.floor(USERS * uniform()), item = Math.floor(ITEMS * uniform() ** 3);
    text += `${user},${item},${1 + row % 5},${START + row}\n`;
    if (text.length < MIB && row + 1 < rows) continue;
    const bytes = encoder.encode(text);
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    text = "";
  }
}

/** The most memory that this process had, of VmHWM in Linux. */
const peak = async () =>
  1024 * Number(/VmHWM:\s+(\d+)/.exec(await Deno.readTextFile("/proc/self/status").catch(() => ""))?.[1] ?? NaN);

async function read(path: string): Promise<void> {
  const before = await peak(), start = performance.now();
  const { train, userIds, itemIds } = await loadDataset(path), seconds = (performance.now() - start) / 1000;
  const columns = [train.users, train.items, train.ratings!, train.times!];
  console.log(JSON.stringify({
    file: (await Deno.stat(path)).size,
    kept: train.users.length,
    users: userIds.names.length,
    items: itemIds.names.length,
    seconds,
    columns: columns.reduce((sum, { byteLength }) => sum + byteLength, 0),
    before,
    peak: await peak(),
  }));
}

if (Deno.args[0] === "read") await read(Deno.args[1]!);
else {
  const rows = Number(Deno.args[0] ?? 50_000_000), folder = await Deno.makeTempDir({ prefix: "foil-load" });
  try {
    await write(`${folder}/log.csv`, rows);
    const script = new URL(import.meta.url).pathname;
    const args = ["run", "-A", script, "read", `${folder}/log.csv`];
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
    if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
    const found = JSON.parse(new TextDecoder().decode(stdout)),
      mib = (bytes: number) => `${Math.round(bytes / MIB)} MiB`;
    console.log(
      `${rows} rows of ${mib(found.file)} in ${found.seconds.toFixed(1)} s: ${Math.round(rows / found.seconds)} rows/s`,
    );
    console.log(
      `${found.kept} rows left of ${found.users} users and ${found.items} items, in columns of ${mib(found.columns)}`,
    );
    console.log(`peak memory ${mib(found.peak)}, of which ${mib(found.before)} before anything was read`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
