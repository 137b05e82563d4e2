import type { Catalogue } from "../datasets/catalogue.ts";
import type { GraphBuilder, Initializer } from "../graphs/builder.ts";
import { xavierUniform } from "../graphs/initializers.ts";

/** The variables `user` [U, D] and `item` [I, D]: a vector for each id. */
export const idTables = (
  graph: GraphBuilder,
  { users, items }: Pick<Catalogue, "users" | "items">,
  dim: number,
  init: Initializer = xavierUniform,
) => ({
  user: graph.variable("user", [users, dim], init, { rowsOf: "users" }),
  item: graph.variable("item", [items, dim], init, { rowsOf: "items" }),
});
