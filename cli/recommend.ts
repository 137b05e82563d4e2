import { flag, integer, text, type Values } from "../options/option.ts";
import { savedBackbone } from "./backbone_spec.ts";
import { openOutput } from "./output.ts";
import { recommendations } from "./recommendations.ts";
import { readIds, readModel, runFiles } from "./run_folder.ts";
import { outputOptions } from "./train_options.ts";

export const recommendOptions = {
  run: text(null, "folder of a run of `train`"),
  users: text(null, "ids of users as the data has them, comma separated; or `all`"),
  top: integer(10, "items for each user", { min: 1 }),
  includeSeen: flag(false, "also items that the user met in training"),
  ...outputOptions,
} as const;

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
  const model = {
    backbone: savedBackbone(backbone, `${values.run}/${runFiles.model}`),
    ...{ catalogue, weights, top: values.top, includeSeen: values.includeSeen },
  };
  for await (const { user, items } of recommendations(model, asked)) {
    const found = items.map(({ item, score }) => {
      const title = ids.titles?.[item];
      return { item: ids.items[item]!, score, ...title && { title } };
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
  }
  return 0;
}
