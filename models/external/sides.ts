import { MEASURING } from "../../graphs/layout_ops.ts";
import type { ModelFile } from "../../graphs/model_file.ts";

/** What a tensor depends on: the user, the item, both, or neither. */
export interface Side {
  readonly user: boolean;
  readonly item: boolean;
}
const NEITHER: Side = { user: false, item: false };

/** The sides of a file's tensors, where `users` and `items` are its inputs of ids. */
export function sidesOf({ nodes }: ModelFile, users: string, items: string): (name: string) => Side {
  const sides = new Map<string, Side>([
    [users, { user: true, item: false }],
    [items, { user: false, item: true }],
  ]);
  const of = (name: string) => sides.get(name) ?? NEITHER;
  for (const { type, inputs, outputs } of nodes) {
    if (MEASURING.has(type)) continue;
    const read = inputs.map(of), side = { user: read.some(({ user }) => user), item: read.some(({ item }) => item) };
    for (const name of outputs) sides.set(name, side);
  }
  return of;
}
