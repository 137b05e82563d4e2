import type { Catalogue } from "../../datasets/catalogue.ts";

/** A matrix by rows. */
export type Matrix = readonly (readonly number[])[];

export const times = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, column) => row.reduce((total, x, at) => total + x * b[at]![column]!, 0)));

/** D^-1/2 A D^-1/2 of users and items, each edge (in the order of the catalogue's positives) multiplied by its weight. */
export function normalised(
  { users, items, offsets, positives }: Catalogue,
  weight: (edge: number) => number = () => 1,
): Matrix {
  const plain = Array.from({ length: users + items }, () => new Array<number>(users + items).fill(0));
  const weighted = plain.map((row) => [...row]);
  for (let user = 0; user < users; user++) {
    for (let edge = offsets[user]!; edge < offsets[user + 1]!; edge++) {
      const item = users + positives[edge]!;
      plain[user]![item] = plain[item]![user] = 1;
      weighted[user]![item] = weighted[item]![user] = weight(edge);
    }
  }
  const degree = plain.map((row) => row.reduce((a, b) => a + b, 0));
  return weighted.map((row, a) => row.map((w, b) => w && w / Math.sqrt(degree[a]! * degree[b]!)));
}
