import type { Attribute, Attributes, GraphBuilder, Op, Value } from "./builder.ts";
import { fold } from "./fold.ts";
import type { FileTensor } from "./file_tensor.ts";
import { type Importer, importers } from "./imports/mod.ts";
import { MEASURING } from "./layout_ops.ts";
import { failure, type FileNode, type ModelFile } from "./model_file.ts";
import { opTable } from "./ops/table.ts";

/** Whether Foil can build what an op of this name computes. */
export const isKnown = (type: string): boolean => importers.has(type) || opTable.has(type);

/**
 * Builds, in `graph`, what the tensors `wanted` of a file take: nodes that they do not need are left out, and `given`
 * tensors (the model's inputs, or any on the way) are used as they are. So a part of a model, between two of its
 * tensors, can be put into a graph, at any batch size.
 *
 * @returns the wanted tensors and all that were computed on the way, by name.
 * @throws TypeError naming the file and the node, where an op is not known or does not fit its inputs.
 */
export function inline(
  file: ModelFile,
  graph: GraphBuilder,
  given: (name: string) => Value | undefined,
  wanted: readonly string[],
): ReadonlyMap<string, Value> {
  const fail = failure(file.source), values = new Map<string, Value>(), shapes = new Set<string>();
  const needed = neededNodes(file, (name) => given(name) !== undefined, wanted);
  const find = (name: string, reader: string): Value => {
    const found = given(name) ?? values.get(name) ?? constantOf(graph, file.initializers.get(name));
    if (!found && file.unread.has(name)) return fail(file.unread.get(name)!.unread);
    if (!found) return fail(`${reader} reads "${name}", which nothing before it computes`);
    values.set(name, found);
    return found;
  };
  for (const node of file.nodes) {
    if (!needed.has(node)) continue;
    const inputs = node.inputs.map((name) => name === "" ? undefined : find(name, `node "${node.name}"`));
    const importer = importers.get(node.type) ?? direct(opTable.get(node.type) ?? fail(unknown(node)));
    const call = {
      graph,
      type: node.type,
      opset: file.opset,
      attributes: node.attributes,
      outputs: node.outputs.length,
      fromShapes: (input: number) => shapes.has(node.inputs[input]!),
    };
    try {
      const folded = fold(graph, inputs, call), outputs = folded ?? importer(inputs, call);
      node.outputs.forEach((name, at) => {
        if (outputs[at]) values.set(name, outputs[at]);
        if (MEASURING.has(node.type) || (folded && node.inputs.some((input) => shapes.has(input)))) shapes.add(name);
      });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return fail(`op "${node.type}" (node "${node.name}"): ${error.message}`);
    }
  }
  for (const name of wanted) find(name, "the model's output");
  return values;
}

const unknown = ({ type, name }: FileNode) => `Foil does not know op "${type}" (node "${name}")`;

/** The nodes that computing `wanted` takes where some tensors are given. */
export function neededNodes(
  { nodes }: ModelFile,
  given: (name: string) => boolean,
  wanted: readonly string[],
): ReadonlySet<FileNode> {
  const missing = new Set(wanted), needed = new Set<FileNode>();
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((name) => missing.has(name) && !given(name))) continue;
    needed.add(node);
    for (const name of node.inputs) missing.add(name);
  }
  return needed;
}

const constantOf = (graph: GraphBuilder, tensor: FileTensor | undefined) =>
  tensor && graph.constant(tensor.data, tensor.shape);

/** Imports a node whose op Foil has under the same name. */
function direct(op: Op): Importer {
  return (inputs, { graph, attributes }) => {
    const last = inputs.findLastIndex((input) => input !== undefined), present = inputs.slice(0, last + 1);
    const gap = present.indexOf(undefined);
    if (gap !== -1) throw new TypeError(`its input ${gap} is left out`);
    return graph.apply(op, present as readonly Value[], known(op, attributes));
  };
}

function known(op: Op, attributes: FileNode["attributes"]): Attributes {
  for (const name of Object.keys(attributes)) {
    if (op.attributes?.[name] === undefined) {
      throw new TypeError(`it has an attribute "${name}" that Foil does not know`);
    }
  }
  return attributes as Readonly<Record<string, Attribute>>;
}
