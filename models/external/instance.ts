import type { GraphBuilder, Value, Variable } from "../../graphs/builder.ts";
import { xavierUniform } from "../../graphs/initializers.ts";
import { openReshape } from "../../graphs/imports/shapes.ts";
import { inline } from "../../graphs/inline.ts";
import type { FileInput, ModelFile } from "../../graphs/model_file.ts";
import { cast } from "../../graphs/ops/compare.ts";
import { concat, pad, reshape, unsqueeze } from "../../graphs/ops/shape.ts";
import { sizeOf } from "../../graphs/tensor.ts";
import { largest } from "./largest.ts";
import { failing } from "./names.ts";
import type { Cut } from "./cut.ts";
import { type Parameter, variableName } from "./parameters.ts";

/** A model in a graph: its parameters, and its parts at any batch size. */
export interface Instance {
  /** Tensors `wanted`, of a batch of `count`, from others that are given. */
  part(count: number, given: ReadonlyMap<string, Value>, wanted: readonly string[]): ReadonlyMap<string, Value>;
  /** What one side's ids [count] have at the cut, in its order: vectors, mostly. */
  vectors(side: "user" | "item", ids: Value): readonly Value[]; // [count, ..] each
}

/** Whole numbers up to here are float32. */
const EXACT = 2 ** 24;

/**
 * Declares a model's parameters in `graph`: tensors as variables, scalars and whole numbers as constants. Ids are below
 * `counts`, where these are known.
 */
export function instantiate(
  graph: GraphBuilder,
  file: ModelFile,
  cut: Cut,
  parameters: readonly Parameter[],
  counts: { readonly users: number; readonly items: number },
): Instance {
  const fail = failing(file.source);
  const declared = new Map(parameters.map((parameter) => [parameter.name, declare(graph, parameter)]));
  const blanks = new Map<number, Value>();
  /** Ids of a batch of which only the length matters. */
  const blank = (count: number) => {
    const found = blanks.get(count) ?? graph.constant(new Int32Array(count), [count]);
    blanks.set(count, found);
    return found;
  };
  const inputs = { user: inputOf(file, cut.users), item: inputOf(file, cut.items) };
  const part: Instance["part"] = (count, given, wanted) =>
    inline(file, graph, (name) => {
      const found = given.get(name) ?? declared.get(name);
      if (found) return found;
      const input = name === cut.users ? inputs.user : name === cut.items ? inputs.item : undefined;
      return input && asInput(blank(count), input);
    }, wanted);
  return {
    part,
    vectors(side, ids) {
      const count = sizeOf(ids.shape), wanted = side === "user" ? cut.queries : cut.itemsOf;
      const found = part(count, new Map([[inputs[side].name, asInput(reshape(ids, [count]), inputs[side])]]), wanted);
      return wanted.map((name) => {
        const value = found.get(name)!;
        if (value.shape[0] !== count) {
          fail(`"${name}" is [${value.shape}] for ${count} ids; the first axis of a representation is the batch`);
        }
        const most = value.dtype === "float32" ? 0 : largest(value, ids, side === "user" ? counts.users : counts.items);
        if (most <= EXACT) return value;
        return fail(
          `"${name}" is ${value.dtype}, which crosses the cut as float32, exact up to ${EXACT}; ` +
            (most < Infinity ? `its numbers are up to ${most}` : "how large its numbers are cannot be told"),
        );
      });
    },
  };
}

function declare(graph: GraphBuilder, { name, shape, data, kept, fresh }: Parameter): Value | Variable {
  if (kept === "integer" || kept === "scalar") return graph.constant(data, shape);
  const elements = data as Float32Array;
  const start = fresh ? xavierUniform : () => elements.slice();
  return graph.variable(variableName(name), shape, start, { trainable: kept === undefined });
}

/** The input of ids: one axis that is open, and others of length 1. */
function inputOf({ inputs, source }: ModelFile, name: string): FileInput {
  const input = inputs.find((input) => input.name === name)!, { dims } = input;
  const [batch, ...others] = dims ?? failing(source)(`its input "${name}" has no shape`);
  if (batch === undefined || others.some((dim) => typeof dim === "number" && dim !== 1)) {
    failing(source)(`its input "${name}" is [${dims}]; Foil feeds ids as [batch] or [batch, 1]`);
  }
  if (typeof batch !== "number") return input;
  return failing(source)(`its input "${name}" is [${dims}]: its first axis must be open (torch: dynamic_axes)`);
}

const asInput = (ids: Value, { dtype, dims }: FileInput): Value =>
  cast(openReshape(ids, [ids.shape[0]!, ...dims!.slice(1).map(() => 1)]), dtype);

/** Tensors of a batch beside each other as one vector each, filled up with zeros: [n, ..] and more of them -> [n, 1, D]. */
export function joined(tensors: readonly Value[], width: number): Value {
  const vectors = tensors.map((tensor) => {
    const x = tensor.dtype === "float32" ? tensor : cast(tensor, "float32");
    return x.shape.length === 2 ? unsqueeze(x, 1) : openReshape(x, [x.shape[0]!, 1, sizeOf(x.shape.slice(1))]);
  });
  const all = concat(vectors, -1);
  return pad(all, [0, 0, 0], [0, 0, width - all.shape[2]!]);
}
