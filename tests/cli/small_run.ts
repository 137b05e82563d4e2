import { catalogue } from "../../datasets/catalogue.ts";
import { interactions } from "../../datasets/interactions.ts";
import { writeModel } from "../../cli/run_folder.ts";
import { run } from "../../cli/program.ts";

/** Three users and four items of a run that nothing had to train: scores can be taken by hand. */
export const SMALL = {
  users: ["ann", "bob", "cat"],
  items: ["tea", 'a "cup", blue', "rum", "gin"],
  titles: ["Tea", null, "Rum", "Gin"],
  user: [[1, 0], [0, 1], [1, 1]],
  item: [[3, 0], [2, 1], [0, 3], [1, 4]],
  /** What each has met, oldest first. */
  met: [[1, 0], [2], []],
} as const;

/** Writes it to a folder, or one that differs from it in weights; `backbone` has variables "user" and "item" of width 2. */
export async function writeSmallRun(
  folder: string,
  { backbone = "mf:dim=2", item = SMALL.item as readonly (readonly number[])[] } = {},
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const pairs = SMALL.met.flatMap((own, user) => own.map((id) => [user, id] as const));
  const log = interactions({
    users: pairs.map(([user]) => user),
    items: pairs.map(([, id]) => id),
    times: pairs.map((_, at) => at),
    userCount: SMALL.users.length,
    itemCount: SMALL.items.length,
  });
  const table = (rows: readonly (readonly number[])[]) => ({
    shape: [rows.length, rows[0]!.length],
    data: Float32Array.from(rows.flat()),
  });
  const weights = new Map([["user", table(SMALL.user)], ["item", table(item)]]);
  await Deno.writeTextFile(
    `${folder}/ids.json`,
    JSON.stringify({ users: SMALL.users, items: SMALL.items, titles: SMALL.titles }),
  );
  await writeModel(folder, { backbone, dataset: "small", catalogue: catalogue(log), weights });
}

/** A command line run here, told nothing on stdout: what it said on stderr is returned. */
export async function quietly(args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  const said: string[] = [], told = console.error;
  console.error = (...parts: unknown[]) => said.push(parts.join(" "));
  try {
    return { code: await run([...args, "--quiet"]), said: said.join("\n") };
  } finally {
    console.error = told;
  }
}
