import { neededNodes } from "../../graphs/inline.ts";
import type { FileNode, ModelFile } from "../../graphs/model_file.ts";
import { failing, type Names } from "./names.ts";
import { type Side, sidesOf } from "./sides.ts";

/** Where a model is cut: tensors that represent a user, tensors that represent an item, and what scores the two. */
export interface Cut extends Names {
  /** One, or several that are joined: a user's vectors where the model has more than one. */
  readonly queries: readonly string[];
  readonly itemsOf: readonly string[];
  /** Nodes from there to the scores. */
  readonly joint: ReadonlySet<FileNode>;
}

/**
 * Cuts a model at the tensors that are named; where none is, at the last ones that depend on the user alone, or the item
 * alone: what follows them must be computed for each pair.
 *
 * @throws TypeError naming the node that leaks, where the scores also depend on users or items in another way.
 */
export function findCut(file: ModelFile, names: Names): Cut {
  const { users, items, scores } = names, side = sidesOf(file, users, items);
  const last = frontier(file, scores, side);
  const chosen = (role: "query" | "item", input: string, wanted: keyof Side, fallback: readonly string[]) => {
    const name = names[role], other = wanted === "user" ? "item" : "user";
    if (name === undefined) return fallback;
    const leaks = leak(file, names, name, input, wanted, side);
    if (!side(name)[wanted] || side(name)[other]) {
      return failing(file.source)(
        `"${name}" is to be its ${role}, but depends on ${
          side(name)[other] ? `"${other === "user" ? users : items}"` : "no ids"
        }`,
      );
    }
    if (!leaks) return [name];
    if (names.guessed.has(role)) return fallback;
    throw new TypeError(
      `Cannot cut "${file.source}" at "${name}": node "${leaks.node.name}" (${leaks.node.type}) reads "${leaks.name}", ` +
        `which depends on "${input}" but not on "${name}"`,
    );
  };
  const queries = chosen("query", users, "user", last.user), itemsOf = chosen("item", items, "item", last.item);
  const given = new Set([...queries, ...itemsOf]);
  return { ...names, queries, itemsOf, joint: neededNodes(file, (name) => given.has(name), [scores]) };
}

/** Ops that only lay elements out: a vector is a vector before them. */
const LAYOUT: ReadonlySet<string> = new Set([
  "Identity",
  "Reshape",
  "Squeeze",
  "Unsqueeze",
  "Flatten",
  "Transpose",
  "Expand",
]);

/** The tensors of one side that nodes of both sides read. */
function frontier(file: ModelFile, scores: string, side: (name: string) => Side) {
  const user = new Set<string>(), item = new Set<string>(), maker = new Map<string, FileNode>();
  for (const node of file.nodes) for (const name of node.outputs) maker.set(name, node);
  const source = (name: string): string => {
    const node = maker.get(name);
    return node && LAYOUT.has(node.type) ? source(node.inputs[0]!) : name;
  };
  const joint = neededNodes(file, (name) => !(side(name).user && side(name).item), [scores]);
  for (const node of file.nodes) {
    if (!joint.has(node)) continue;
    for (const name of node.inputs) {
      const of = side(name);
      if (of.user === of.item) continue;
      const vector = source(name), ids = file.inputs.find((input) => input.name === vector);
      if (ids) {
        failing(file.source)(
          `node "${node.name}" (${node.type}) reads the ids "${ids.name}" with the other side's: neither has a representation`,
        );
      }
      (of.user ? user : item).add(vector);
    }
  }
  return { user: [...user], item: [...item] };
}

/** The first node where what depends on `input` not through `cut` meets the rest. */
function leak(
  file: ModelFile,
  { scores }: Names,
  cut: string,
  input: string,
  wanted: keyof Side,
  side: (name: string) => Side,
) {
  const needed = neededNodes(file, (name) => name === cut, [scores]), raw = new Set([input]), through = new Set([cut]);
  const other = wanted === "user" ? "item" : "user";
  for (const node of file.nodes) {
    if (!needed.has(node) || !node.outputs.some((name) => side(name)[wanted])) continue;
    const name = node.inputs.find((name) => raw.has(name)), joined = node.inputs.some((name) => through.has(name));
    if (name !== undefined && (joined || node.inputs.some((name) => side(name)[other]))) return { node, name };
    for (const output of node.outputs) (name === undefined ? through : raw).add(output);
  }
  return raw.has(scores) ? { node: file.nodes.at(-1)!, name: input } : null;
}
