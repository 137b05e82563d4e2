import type { FileNode, FileSignature } from "../graphs/model_file.ts";
import { isKnown } from "../graphs/inline.ts";
import { sizeOf } from "../graphs/tensor.ts";
import type { Parameter } from "../models/external/parameters.ts";
import { rolesOf, seamText } from "../models/external/seam_text.ts";
import { understand, type Understanding } from "../models/external/understand.ts";
import { methodSpec } from "../options/method_spec.ts";
import { openModel } from "../runtime/model.ts";
import { readingOf } from "./backbone_spec.ts";
import { readBytesOf } from "./files.ts";
import { bold, openOutput } from "./output.ts";

/** What `inspect` is asked. */
export interface InspectValues {
  /** A file, as `--backbone` takes it. */
  readonly model: string;
  readonly freeze: string | null;
  readonly json: boolean;
}

/** `inspect`: what an ONNX file is made of, and what training it would do. */
export async function inspectCommand({ model, freeze, json }: InspectValues): Promise<number> {
  const output = openOutput({ json, quiet: false }), { name } = methodSpec("model", model);
  const bytes = await readBytesOf(name, "the model"), found = understand(bytes, readingOf({ backbone: model, freeze }));
  const wrong = found.seam instanceof TypeError ? await unopened(bytes) : null;
  output.result(
    { ...asJson(found), ...wrong !== null && { unopened: wrong } },
    asText(
      found,
      wrong === null ? "it may be evaluated as it stands: evaluate --model" : `nor can onnxruntime open it: ${wrong}`,
    ),
  );
  return 0;
}

/** What onnxruntime says of a file that it cannot open; null of others. */
async function unopened(bytes: Uint8Array): Promise<string | null> {
  try {
    await (await openModel(bytes)).dispose();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

const numbers = (parameters: readonly Parameter[]) => parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
const trained = (parameters: readonly Parameter[]) => parameters.filter(({ kept }) => kept === undefined);

function asJson({ file, names, parameters, seam }: Understanding): Readonly<Record<string, unknown>> {
  return {
    model: file.source,
    opset: file.opset,
    inputs: file.inputs,
    outputs: file.outputs,
    operators: Object.fromEntries(countOf(file.nodes)),
    parameters: parameters.map(({ name, shape, dtype, kept, fresh }) => ({
      name,
      shape,
      dtype,
      trained: !kept,
      kept,
      fresh,
    })),
    ...seam instanceof TypeError
      ? { obstacle: seam.message }
      : { seam: rolesOf(names, seam), innerProduct: seam.innerProduct },
  };
}

function asText({ file, names, parameters, seam }: Understanding, evaluable: string): string {
  const width = Math.max(...parameters.map(({ name }) => name.length), 0);
  const operators = countOf(file.nodes).map(([type, count]) =>
    `${type}${count > 1 ? ` x ${count}` : ""}${isKnown(type) ? "" : " (not known)"}`
  );
  return [
    `${bold(file.source)}  opset ${file.opset}`,
    ...file.inputs.map((input) => `input     ${signature(input)} ${input.dtype}`),
    ...file.outputs.map((output) => `output    ${signature(output)}`),
    `operators ${operators.join(", ")}`,
    `parameters: ${numbers(trained(parameters)).toLocaleString("en")} numbers are trained, of ${
      numbers(parameters).toLocaleString("en")
    }`,
    ...parameters.map((parameter) =>
      `  ${parameter.name.padEnd(width)}  [${parameter.shape.join(", ")}]${fate(parameter)}`
    ),
    ...(seam instanceof TypeError ? [seam.message, evaluable] : seamText(names, seam)),
  ].join("\n");
}

const fate = ({ kept, fresh }: Parameter): string =>
  kept ? `  stays as it is: ${kept}` : fresh ? "  is drawn anew" : "";
const signature = ({ name, dims }: FileSignature) =>
  `${name} ${dims === null ? "of unknown shape" : `[${dims.map((dim) => dim === "" ? "?" : dim).join(", ")}]`}`;

/** How often each operator comes, the most frequent first. */
function countOf(nodes: readonly FileNode[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { type } of nodes) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}
