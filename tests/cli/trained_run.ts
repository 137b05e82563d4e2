import { decodeSafetensors } from "../../training/safetensors.ts";
import { jsonLines } from "./foil.ts";

/** A log of 12 people of whom each met two thirds of 18 items. */
export const SMALL_LOG = [
  "user,item",
  ...Array.from({ length: 12 * 18 }, (_, at) => [at % 12, Math.floor(at / 12)] as const)
    .filter(([user, item]) => (user + item) % 3 > 0).map((row) => row.join(",")),
].join("\n");

/** Trains on `log.csv` of a folder, a checkpoint an epoch, into `name` there. */
export const trainArgs = (folder: string, name: string, ...more: readonly string[]): readonly string[] => [
  ...[
    "train",
    "--data",
    `${folder}/log.csv`,
    "--backbone",
    "mf:dim=4",
    "--sampler",
    "dns:pool=4",
    "--batch-size",
    "64",
  ],
  ...["--epochs", "3", "--evaluate-every", "1", "--metrics", "ndcg", "--at", "5", "--select-by", "ndcg@5"],
  ...["--provider", "wasm", "--out", `${folder}/${name}`, ...more],
];

/** Without the times in it, however deep they are. */
const timeless = (text: string): unknown =>
  JSON.parse(text, (key, value) => key === "seconds" || key === "secondsPerEpoch" ? undefined : value);

/** All that lies in a run's folder, but for times and for where it is. */
export async function leftIn(folder: string): Promise<Record<string, unknown>> {
  const left: Record<string, unknown> = {};
  for (const { name } of Deno.readDirSync(folder)) {
    const bytes = await Deno.readFile(`${folder}/${name}`), text = new TextDecoder().decode(bytes);
    if (name === "checkpoint.safetensors") {
      const { tensors, metadata } = decodeSafetensors(bytes);
      left[name] = { tensors, about: timeless(metadata.foil!) };
    } else if (name === "log.jsonl") left[name] = jsonLines(text).map((line) => timeless(JSON.stringify(line)));
    else if (name === "metrics.json") left[name] = timeless(text);
    else if (name === "config.yaml") left[name] = text.replace(/^out: .*$/m, "");
    else left[name] = bytes;
  }
  return left;
}
