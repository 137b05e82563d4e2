import type { Names } from "./names.ts";
import type { Seam } from "./understand.ts";

/** A role of a tensor in a model, and the tensors that have it. */
export interface Role {
  readonly role: "user ids" | "item ids" | "query" | "item" | "scores";
  readonly tensors: readonly string[];
  /** Whether that was guessed from names and from what depends on what. */
  readonly guessed: boolean;
}

/** Who plays which role where a model is cut. */
export function rolesOf({ guessed, users, items, scores }: Names, { cut }: Seam): readonly Role[] {
  return [
    { role: "user ids", tensors: [users], guessed: guessed.has("users") },
    { role: "item ids", tensors: [items], guessed: guessed.has("items") },
    { role: "query", tensors: cut.queries, guessed: guessed.has("query") },
    { role: "item", tensors: cut.itemsOf, guessed: guessed.has("item") },
    { role: "scores", tensors: [scores], guessed: guessed.has("scores") },
  ];
}

/** Where a model is cut, in words. */
export function seamText(names: Names, seam: Seam): readonly string[] {
  const roles = rolesOf(names, seam).map(({ role, tensors, guessed }) =>
    `${role.padEnd(8)}  ${tensors.join(" and ")}${guessed ? " (guessed)" : ""}`
  );
  const [queries, items] = [seam.cut.queries.length, seam.cut.itemsOf.length];
  const scored = seam.innerProduct
    ? "scores are inner products of query and item"
    : queries + items === 2
    ? "each pair of a query and an item is scored by the model's own nodes"
    : `no one vector stands for a ${queries > 1 ? "user" : "item"}: each pair is scored by the model's own nodes`;
  return [...roles, scored];
}
