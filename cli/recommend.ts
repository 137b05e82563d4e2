import { flag, integer, text, type Values } from "../options/option.ts";
import { openModel } from "../runtime/model.ts";
import { recommenderModel } from "../training/recommender.ts";
import { savedBackbone } from "./backbone_spec.ts";
import { openOutput } from "./output.ts";
import { readIds, readModel, runFiles } from "./run_folder.ts";
import { outputOptions } from "./train_options.ts";

export const recommendOptions = {
  run: text(null, "folder of a run of `train`"),
  users: text(null, "ids of users as the data has them, comma separated; or `all`"),
  top: integer(10, "items for each user", { min: 1 }),
  includeSeen: flag(false, "also items that the user met in training"),
  ...outputOptions,
} as const;

/** Users asked of the model at a time. */
const BLOCK = 256;

/** `recommend`: the best items for given users, with the ids of the data they came from. */
export async function recommendCommand(values: Values<typeof recommendOptions>): Promise<number> {
  const output = openOutput(values);
  if (values.run === null) throw new TypeError("Cannot recommend: --run says which folder holds the trained model");
  if (values.users === null) {
    throw new TypeError("Cannot recommend: --users says for whom, as ids of the data or `all`");
  }
  const { backbone, catalogue, weights } = await readModel(values.run), ids = await readIds(values.run);
  const asked = values.users === "all" ? [...ids.users.keys()] : values.users.split(",").map((name) => {
    const user = ids.users.indexOf(name.trim());
    if (user >= 0) return user;
    throw new TypeError(
      `Cannot recommend: there is no user "${name.trim()}" in "${values.run}" (the first is "${ids.users[0]}")`,
    );
  });
  const bytes = await recommenderModel(
    savedBackbone(backbone, `${values.run}/${runFiles.model}`),
    catalogue,
    weights,
    { top: values.top, unseenOnly: !values.includeSeen },
  );
  const model = await openModel(bytes);
  for (let from = 0; from < asked.length; from += BLOCK) {
    const users = asked.slice(from, from + BLOCK);
    const { items, scores } = await model.run({
      users: { dtype: "int64", shape: [users.length], data: BigInt64Array.from(users, BigInt) },
    });
    const width = items!.shape[1]!;
    users.forEach((user, row) => {
      const seen = catalogue.offsets[user + 1]! - catalogue.offsets[user]!;
      const count = values.includeSeen ? width : Math.min(width, catalogue.items - seen);
      const found = Array.from({ length: count }, (_, rank) => {
        const item = Number(items!.data[row * width + rank]), title = ids.titles?.[item];
        return { item: ids.items[item]!, score: Number(scores!.data[row * width + rank]), ...title && { title } };
      });
      output.result(
        { user: ids.users[user], items: found },
        [
          `user ${ids.users[user]}`,
          ...found.map(({ item, score, title }, rank) =>
            `${String(rank + 1).padStart(4)}. ${item}  ${score.toFixed(4)}${title ? `  ${title}` : ""}`
          ),
        ].join("\n"),
      );
    });
  }
  await model.dispose();
  return 0;
}
