import type { Value } from "../builder.ts";
import { mul } from "../ops/arithmetic.ts";
import { matmul } from "../ops/linear.ts";
import { sum } from "../ops/reduce.ts";
import { transpose } from "../ops/shape.ts";
import { type Importer, oneOf } from "./importer.ts";
import { sizeOf } from "../tensor.ts";
import { openReshape } from "./shapes.ts";

/** A tensor whose axes have letters. */
interface Labelled {
  readonly x: Value;
  readonly axes: string;
}

/**
 * Einstein summation of one or two operands, as products of matrices: letters of both operands and the result are
 * batches, of both operands alone are summed over. No ellipsis, and no letter twice in an operand.
 */
function einsum(operands: readonly Value[], equation: string): Value {
  const [left = "", arrow] = equation.replaceAll(" ", "").split("->"), terms = left.split(",");
  const once = [...left.replaceAll(",", "")].filter((letter, _, all) =>
    all.indexOf(letter) === all.lastIndexOf(letter)
  );
  const result = arrow ?? once.sort().join(""); // without an arrow: letters that come once, in order
  const fits = terms.length === operands.length && operands.length <= 2 && /^[a-zA-Z,]*$/.test(left) &&
    terms.every((term, at) => new Set(term).size === term.length && term.length === operands[at]!.shape.length) &&
    new Set(result).size === result.length && [...result].every((letter) => left.includes(letter));
  if (!fits) {
    throw new TypeError(
      `equation "${equation}" for ${
        operands.map(({ shape }) => `[${shape}]`).join(" and ")
      } is not known: one or two operands, no letter twice in one, no ellipsis`,
    );
  }
  const [a, b] = terms.map((axes, at): Labelled => {
    const others = terms.filter((_, other) => other !== at).join("") + result;
    return summed({ x: operands[at]!, axes }, (letter) => !others.includes(letter));
  }) as [Labelled, Labelled?];
  return b ? product(a, b, result) : ordered(a, result).x;
}

/** Sums over the axes that `away` chooses. */
function summed({ x, axes }: Labelled, away: (letter: string) => boolean): Labelled {
  const over = [...axes].flatMap((letter, axis) => away(letter) ? [axis] : []);
  return { x: sum(x, over), axes: [...axes].filter((letter) => !away(letter)).join("") };
}

function ordered({ x, axes }: Labelled, order: string): Labelled {
  return order === axes
    ? { x, axes }
    : { x: transpose(x, [...order].map((letter) => axes.indexOf(letter))), axes: order };
}

function product(a: Labelled, b: Labelled, result: string): Value {
  const has = (axes: string, keep: (letter: string) => boolean) => [...axes].filter(keep).join("");
  const both = (letter: string) => a.axes.includes(letter) && b.axes.includes(letter);
  const batch = has(result, both), inner = has(a.axes, (letter) => both(letter) && !result.includes(letter));
  const rows = has(a.axes, (letter) => !both(letter)), columns = has(b.axes, (letter) => !both(letter));
  const left = ordered(a, batch + rows + inner), right = ordered(b, batch + columns + inner);
  const lengths = (letters: string) =>
    [...letters].map((letter) =>
      a.axes.includes(letter) ? a.x.shape[a.axes.indexOf(letter)]! : b.x.shape[b.axes.indexOf(letter)]!
    );
  if (rows === "" && columns === "") {
    const products = mul(left.x, right.x), over = [...inner].map((_, axis) => batch.length + axis);
    return ordered({ x: sum(products, over), axes: batch }, result).x;
  }
  const grouped = ({ x }: Labelled, free: string) =>
    openReshape(x, [...lengths(batch), sizeOf(lengths(free)), sizeOf(lengths(inner))]);
  const flipped = grouped(right, columns), rank = flipped.shape.length;
  const swap = [...flipped.shape.keys()].slice(0, -2).concat(rank - 1, rank - 2);
  const found = matmul(grouped(left, rows), transpose(flipped, swap)); // [batch.., rows, columns]
  const axes = batch + rows + columns;
  return ordered({ x: openReshape(found, lengths(axes)), axes }, result).x;
}

export const einsums: Readonly<Record<string, Importer>> = {
  Einsum: oneOf((operands, { attributes: { equation } }) => einsum(operands, String(equation))),
};
