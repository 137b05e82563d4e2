import { text, type Values } from "../options/option.ts";
import { finder, idsOfFile } from "./named.ts";
import type { Output } from "./output.ts";

/** Which items may be in lists, whoever they are for. */
export const candidateOptions = {
  without: text(null, "a file of ids of items that are in no list, a line each: what is out of stock, say"),
  among: text(null, "a file of ids of the only items that are in lists, a line each"),
} as const;

/**
 * The items that are in no list, ascending; undefined where all may be. Of ids that the run does not know it is said how
 * many there are.
 *
 * @param names the ids of the log's items, in the order of the dense ones.
 * @throws TypeError where a file cannot be read, or no item is left.
 */
export async function barredItems(
  { without, among }: Values<typeof candidateOptions>,
  names: readonly string[],
  run: string,
  output: Output,
): Promise<Int32Array | undefined> {
  if (without === null && among === null) return undefined;
  const find = finder(names);
  const known = async (file: string) => {
    const ids = (await idsOfFile("item", file)).map(({ name }) => name);
    const found = ids.map(find).filter((item) => item !== undefined), unknown = ids.length - found.length;
    if (unknown > 0) output.say(`${unknown} of ${ids.length} items of "${file}" are none that run "${run}" knows`);
    return found;
  };
  const barred = barring(names.length, {
    ...without !== null && { without: await known(without) },
    ...among !== null && { among: await known(among) },
  });
  if (barred.length < names.length) return barred;
  const files = [
    ...among === null ? [] : [`--among "${among}"`],
    ...without === null ? [] : [`--without "${without}"`],
  ];
  throw new TypeError(
    `Cannot recommend: ${files.join(" and ")} leave${
      files.length > 1 ? "" : "s"
    } none of the ${names.length} items of run "${run}"`,
  );
}

/** What is not to be in a list: items of one's own, such as those met, and those barred for all. */
export function hiding(own: ArrayLike<number> & Iterable<number>, barred: Int32Array | undefined): Iterable<number> {
  if (!barred) return own;
  const hidden = new Int32Array(own.length + barred.length);
  hidden.set(own);
  hidden.set(barred, own.length);
  return hidden;
}

/** Of so many items those of `without` and, where there is such a list, all that are not `among` it; ascending. */
export function barring(
  count: number,
  { without = [], among }: { readonly without?: Iterable<number>; readonly among?: Iterable<number> },
): Int32Array {
  const barred = new Uint8Array(count).fill(among ? 1 : 0);
  for (const item of among ?? []) barred[item] = 0;
  for (const item of without) barred[item] = 1;
  const items = new Int32Array(count);
  let found = 0;
  for (let item = 0; item < count; item++) if (barred[item] === 1) items[found++] = item;
  return items.slice(0, found);
}
