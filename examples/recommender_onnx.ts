/**
 * Runs the recommender.onnx of a run folder: `deno run -A examples/recommender_onnx.ts runs/mine ann bob`. Without
 * users, the first of the log.
 */
import { openModel } from "../mod.ts";

const [run, ...names] = Deno.args;
if (run === undefined) throw new TypeError("Cannot recommend: the first argument is the folder of a run");

const ids = JSON.parse(await Deno.readTextFile(`${run}/ids.json`)) as { users: string[]; items: string[] };
const asked = names.length > 0 ? names : ids.users.slice(0, 1);
const users = asked.map((name) => ids.users.indexOf(name));
if (users.includes(-1)) throw new TypeError(`Cannot recommend: there is no user "${asked[users.indexOf(-1)]}"`);

const model = await openModel(await Deno.readFile(`${run}/recommender.onnx`));
const { items, scores } = await model.run({
  users: { dtype: "int64", shape: [users.length], data: BigInt64Array.from(users, BigInt) },
});
const [, width = 0] = items!.shape; // [N, top]
asked.forEach((name, row) => {
  for (let rank = 0; rank < Math.min(3, width); rank++) {
    const at = row * width + rank;
    console.log(name, ids.items[Number(items!.data[at])], Number(scores!.data[at]).toFixed(4));
  }
});
await model.dispose();
