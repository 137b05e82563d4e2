import type { GraphBuilder, Value } from "../builder.ts";
import type { FileAttribute } from "../model_file.ts";

/** What a file says of a node, beside its inputs. */
export interface ImportCall {
  readonly graph: GraphBuilder;
  readonly type: string;
  /** The operator set of the file: some ops took attributes before they took inputs. */
  readonly opset: number;
  readonly attributes: Readonly<Record<string, FileAttribute>>;
  /** How many outputs the node names. */
  readonly outputs: number;
  /** Whether an input was computed from shapes, hence may hold a length that a batch was bound to. */
  readonly fromShapes: (input: number) => boolean;
}

/**
 * Builds what a node computes of ops that Foil has; an input that is left out is undefined. Outputs that are not given
 * back cannot be used.
 *
 * @throws TypeError saying what of the node is not known.
 */
export type Importer = (inputs: readonly (Value | undefined)[], call: ImportCall) => readonly Value[];

/** An importer of nodes with one output, whose inputs are all there. */
export const oneOf = (build: (inputs: readonly Value[], call: ImportCall) => Value): Importer => (inputs, call) => {
  const gap = inputs.indexOf(undefined);
  if (gap !== -1) throw new TypeError(`its input ${gap} is left out`);
  return [build(inputs as readonly Value[], call)];
};

/** A number that an attribute gives. */
export const numberOf = ({ attributes }: ImportCall, name: string, fallback: number): number => {
  const found = attributes[name];
  return typeof found === "number" ? found : fallback;
};

/** Whole numbers that an attribute lists; undefined where it is not there. */
export const listOf = ({ attributes }: ImportCall, name: string): readonly number[] | undefined => {
  const found = attributes[name];
  return Array.isArray(found) ? found as readonly number[] : undefined;
};
