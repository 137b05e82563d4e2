import type { Rng } from "../random/rng.ts";
import { type DType, dtypeOf, sameShape, type Shape, sizeOf, type TensorData, type TensorType } from "./tensor.ts";

/**
 * A tensor in a graph: an input, a constant, a variable, or an output of a node.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GraphBuilder } from "./builder.ts";
 * import { mul } from "./ops/arithmetic.ts";
 *
 * const x = new GraphBuilder().input("x", "float32", [4, 1]), y = mul(x, 2);
 * assert.deepEqual([x.name, x.shape, x.node], ["x", [4, 1], null]);
 * assert.deepEqual([y.node!.op.type, y.node!.inputs[0], y.node!.inputs[1]!.data], ["Mul", x, Float32Array.of(2)]);
 * ```
 */
export class Value {
  constructor(
    readonly graph: GraphBuilder,
    readonly name: string,
    readonly type: TensorType,
    readonly node: Node | null = null,
    /** Elements, where they are known while the graph is built. */
    readonly data: TensorData | null = null,
  ) {}
  get shape(): Shape {
    return this.type.shape;
  }
  get dtype(): DType {
    return this.type.dtype;
  }
}

/**
 * How a variable starts: its float32 elements, from a stream of random numbers of its own. It may write them to `into`,
 * which holds zeros, and return that: a large table is then there but once.
 */
export type Initializer = (shape: Shape, rng: Rng, into?: Float32Array) => Float32Array;

/**
 * A float32 tensor that outlives a run: trained, or kept by an optimiser or a sampler.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GraphBuilder } from "./builder.ts";
 * import { zeros } from "./initializers.ts";
 *
 * const g = new GraphBuilder();
 * const table = g.scope("model", () => g.variable("user", [9, 4], zeros, { rowsOf: "users" }));
 * assert.deepEqual([table.name, table.trainable, table.rowsOf], ["model/user", true, "users"]);
 * assert.equal(g.variables.get("model/user"), table);
 * ```
 */
export class Variable extends Value {
  constructor(
    graph: GraphBuilder,
    name: string,
    type: TensorType,
    readonly init: Initializer,
    readonly trainable: boolean,
    /**
     * What its rows are of, where that is not the same in every graph: a kind of things, "users" say, or their names. Tells
     * which row of another graph's variable of this name is whose.
     */
    readonly rowsOf: string | readonly string[] | null = null,
  ) {
    super(graph, name, type);
  }
}

/** An ONNX attribute's value. Whether a number is written as int or float is the op's to say. */
export type Attribute = number | string | readonly number[];
export type Attributes = Readonly<Record<string, Attribute>>;

/** One application of an op. */
export interface Node {
  readonly op: Op;
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly attributes: Attributes;
  readonly outputs: readonly Value[];
}

/**
 * The gradient is zero: the op is piecewise constant (a comparison, an argmax), or says `stopGradient`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gradients } from "./autodiff.ts";
 * import { blocksGradient, GraphBuilder, type Op } from "./builder.ts";
 * import { zeros } from "./initializers.ts";
 * import { add } from "./ops/arithmetic.ts";
 *
 * const round: Op = { type: "Round", infer: ([x]) => [x!.type], vjp: blocksGradient };
 * const g = new GraphBuilder(), [a, b] = ["a", "b"].map((name) => g.variable(name, [], zeros));
 * const found = gradients(add(a!, g.apply(round, [b!])[0]!), [a!, b!]);
 * assert.deepEqual([found.has(a!), found.has(b!)], [true, false]);
 * ```
 */
export const blocksGradient: unique symbol = Symbol("blocks the gradient");
/**
 * A gradient exists but no rule for it does: differentiating through the op is an error.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gradients } from "./autodiff.ts";
 * import { GraphBuilder, notDifferentiable, type Op } from "./builder.ts";
 * import { zeros } from "./initializers.ts";
 *
 * const tan: Op = { type: "Tan", infer: ([x]) => [x!.type], vjp: notDifferentiable };
 * const g = new GraphBuilder(), x = g.variable("x", [], zeros), loss = g.apply(tan, [x])[0]!;
 * assert.throws(() => gradients(loss, [x]), /no gradient for op "Tan" \(node "Tan_0"\)/);
 * ```
 */
export const notDifferentiable: unique symbol = Symbol("not differentiable");

/**
 * Gradient of a table with respect to rows that were gathered from it: for each part, `rows` [..ids, ...D] belong to
 * table rows `ids` [..]. Ids may repeat, within a part and across parts; whoever consumes them sums.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gradients } from "./autodiff.ts";
 * import { GraphBuilder, RowGradient } from "./builder.ts";
 * import { zeros } from "./initializers.ts";
 * import { gather } from "./ops/index.ts";
 * import { sum } from "./ops/reduce.ts";
 *
 * const g = new GraphBuilder(), table = g.variable("table", [1000, 8], zeros), ids = g.input("ids", "int32", [4]);
 * const gradient = gradients(sum(gather(table, ids)), [table]).get(table);
 * assert(gradient instanceof RowGradient);
 * assert.deepEqual([gradient.parts[0]!.ids, gradient.parts[0]!.rows.shape], [ids, [4, 8]]);
 * ```
 */
export class RowGradient {
  constructor(readonly parts: readonly { readonly ids: Value; readonly rows: Value }[]) {}
}

/** What flows back into an input: a tensor of its shape, rows of it, or nothing. */
export type Cotangent = Value | RowGradient | null;
/** The vector-Jacobian product: from the outputs' cotangents (null: zero) to one cotangent for each input. */
export type Vjp = (cotangents: readonly (Value | null)[], node: Node) => readonly Cotangent[];

/** An ONNX operator as Foil uses it: its shape rule and its gradient side by side. */
export interface Op {
  /** The ONNX operator's name. */
  readonly type: string;
  /** The attributes it accepts, and how each is written. */
  readonly attributes?: Readonly<Record<string, "int" | "float" | "ints" | "string">>;
  /** Types of the outputs. Constant inputs (axes, shapes) can be read from `Value.data`. */
  infer(inputs: readonly Value[], attributes: Attributes): readonly TensorType[];
  /** Required, so that no op can forget to say. */
  readonly vjp: Vjp | typeof blocksGradient | typeof notDifferentiable;
}

function checkShape(kind: string, name: string, shape: Shape): void {
  if (shape.every((length) => Number.isInteger(length) && length >= 0)) return;
  throw new TypeError(`Cannot declare ${kind} "${name}" of shape [${shape}]: lengths are whole numbers of at least 0`);
}

/** Constants up to this many elements are shared when equal. */
const SHARED_CONSTANT_SIZE = 64;

/**
 * A graph under construction. Every value's shape is static and known at once; applying the same op to the same
 * values twice gives the same value (hash-consing), so builders need not pass intermediate results around.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GraphBuilder } from "./builder.ts";
 * import { add, mul } from "./ops/arithmetic.ts";
 *
 * const g = new GraphBuilder();
 * const x = g.input("x", "float32", [2, 1]), y = g.input("y", "float32", [3]);
 * assert.deepEqual(mul(x, y).shape, [2, 3]);
 * assert.equal(add(x, y), add(x, y));
 * ```
 */
export class GraphBuilder {
  readonly nodes: Node[] = [];
  readonly inputs = new Map<string, Value>();
  /** The inputs declared by `noise`, drawn afresh for each run by whoever runs the graph. */
  readonly noises = new Map<string, Value>();
  /** Those of them that are standard normal; the others are uniform in [0, 1). */
  readonly normals = new Set<string>();
  readonly variables = new Map<string, Variable>();
  readonly constants: Value[] = [];
  /** What each variable becomes after a run. */
  readonly assignments = new Map<Variable, Value>();
  readonly #scopes: string[] = [];
  readonly #memo = new Map<string, readonly Value[]>();
  readonly #rules = new Map<Op["vjp"], number>();
  /** The names that the graph made up, and what for. */
  readonly #made = new Map<string, "node" | "constant">();

  /** Runs `build` with every name it declares prefixed by `name/`. */
  scope<T>(name: string, build: () => T): T {
    this.#scopes.push(name);
    try {
      return build();
    } finally {
      this.#scopes.pop();
    }
  }

  /** A tensor fed at every run. Declaring the same name and type again returns the same value. */
  input(name: string, dtype: DType, shape: Shape): Value {
    const full = this.#scoped(name), found = this.inputs.get(full);
    if (found) {
      if (found.dtype === dtype && sameShape(found.shape, shape)) return found;
      throw new TypeError(
        `Cannot declare input "${full}" as ${dtype} [${shape}]: it is already ${found.dtype} [${found.shape}]`,
      );
    }
    checkShape("input", full, shape);
    this.#claim(full);
    const value = new Value(this, full, { dtype, shape });
    this.inputs.set(full, value);
    return value;
  }

  /** Random numbers, fresh at every run: the only randomness a graph can have, so that a run replays exactly. */
  noise(name: string, shape: Shape, law: "uniform" | "normal" = "uniform"): Value {
    const value = this.input(name, "float32", shape), isNormal = law === "normal";
    if (this.noises.has(value.name) && this.normals.has(value.name) !== isNormal) {
      throw new TypeError(`Cannot declare noise "${value.name}" as ${law}: it is already of the other law`);
    }
    this.noises.set(value.name, value);
    if (isNormal) this.normals.add(value.name);
    return value;
  }

  /** A tensor that outlives a run; its name has no `#`, which an optimiser's state is told by. */
  variable(
    name: string,
    shape: Shape,
    init: Initializer,
    { trainable = true, rowsOf = null }: Partial<Pick<Variable, "trainable" | "rowsOf">> = {},
  ): Variable {
    const full = this.#scoped(name);
    checkShape("variable", full, shape);
    if (full.includes("#")) {
      throw new TypeError(`Cannot declare variable "${full}": "#" parts a variable's name from an optimiser's state`);
    }
    this.#claim(full);
    const variable = new Variable(this, full, { dtype: "float32", shape }, init, trainable, rowsOf);
    this.variables.set(full, variable);
    return variable;
  }

  /** Known elements, row-major. Small equal constants are one value. */
  constant(data: TensorData, shape: Shape = [data.length]): Value {
    if (data.length !== sizeOf(shape)) {
      throw new TypeError(`Cannot make a constant of shape [${shape}] from ${data.length} elements`);
    }
    const dtype = dtypeOf(data);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength); // 0 and -0 differ
    const key = data.length <= SHARED_CONSTANT_SIZE ? `constant ${dtype} [${shape}] ${bytes.join()}` : "";
    const found = key && this.#memo.get(key);
    if (found) return found[0]!;
    const name = this.#fresh(`constant_${this.constants.length}`, "constant");
    const value = new Value(this, name, { dtype, shape }, null, data);
    this.constants.push(value);
    if (key) this.#memo.set(key, [value]);
    return value;
  }

  /** Says what `variable` becomes after a run. */
  assign(variable: Variable, next: Value): void {
    if (!sameShape(variable.shape, next.shape) || next.dtype !== "float32") {
      throw new TypeError(
        `Cannot assign ${next.dtype} [${next.shape}] to variable "${variable.name}": it is float32 [${variable.shape}]`,
      );
    }
    this.assignments.set(variable, next);
  }

  /** Appends a node, or finds the one that already computes the same. */
  apply(op: Op, inputs: readonly Value[], attributes: Attributes = {}): readonly Value[] {
    const alien = inputs.find((value) => value.graph !== this);
    if (alien) throw new TypeError(`Cannot apply "${op.type}": its input "${alien.name}" belongs to another graph`);
    const key = `${op.type}${this.#ruleNumber(op.vjp)}(${inputs.map((v) => v.name).join("\0")}) ${
      JSON.stringify(attributes)
    }`;
    const found = this.#memo.get(key);
    if (found) return found;
    const name = this.#fresh(this.#scoped(`${op.type}_${this.nodes.length}`), "node");
    const outputs: Value[] = [], node: Node = { op, name, inputs, attributes, outputs };
    op.infer(inputs, attributes).forEach((type, at) =>
      outputs.push(new Value(this, at === 0 ? name : this.#fresh(`${name}:${at}`, "node"), type, node))
    );
    this.nodes.push(node);
    this.#memo.set(key, outputs);
    return outputs;
  }

  /** Two ops of one type are two where their gradients are: a straight-through estimator, and what stops there. */
  #ruleNumber(rule: Op["vjp"]): number {
    const found = this.#rules.get(rule) ?? this.#rules.size;
    this.#rules.set(rule, found);
    return found;
  }

  #scoped(name: string): string {
    return [...this.#scopes, name].join("/");
  }

  #holder(name: string): string | undefined {
    return this.variables.has(name) ? "variable" : this.inputs.has(name) ? "input" : this.#made.get(name);
  }

  /** `name`, or the like that nothing has: a decoded file may call its inputs what it likes. */
  #fresh(name: string, kind: "node" | "constant"): string {
    let free = name;
    while (this.#holder(free)) free += "_";
    this.#made.set(free, kind);
    return free;
  }

  #claim(name: string): void {
    const holder = this.#holder(name);
    if (holder) throw new TypeError(`Cannot declare "${name}": the graph already has ${holder} "${name}"`);
  }
}
