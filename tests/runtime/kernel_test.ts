import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { GraphBuilder, type Value } from "../../graphs/builder.ts";
import { add, mul, reciprocal } from "../../graphs/ops/arithmetic.ts";
import { sigmoid } from "../../graphs/ops/activation.ts";
import { opTable } from "../../graphs/ops/table.ts";
import { Arena } from "../../runtime/arena.ts";
import { compileKernel } from "../../runtime/kernel.ts";
import { scalarLane, vectorLane } from "../../runtime/wasm_code.ts";

/** Every op that a kernel may use, in TypeScript; results are rounded to float32 after each. */
const oracle: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Min: Math.min,
  Max: Math.max,
  Sqrt: Math.sqrt,
  Neg: (a) => -a,
  Abs: Math.abs,
  Reciprocal: (a) => 1 / a,
};
const UNARY: ReadonlySet<string> = new Set(["Sqrt", "Neg", "Abs", "Reciprocal"]);

/** A formula as steps; each takes its operands from the arrays, the scalar, the constant and the steps before it. */
interface Step {
  readonly type: string;
  readonly left: number;
  readonly right: number;
}
const LEAVES = 4, CONSTANT = Math.fround(0.1);
const step = fc.record({ type: fc.constantFrom(...Object.keys(oracle)), left: fc.nat(20), right: fc.nat(20) });
const number = fc.float({ noNaN: true });

/** Arrays of `length` elements as one row, number 0. */
const asOne = (arena: Arena, length: number) => ({ ids: arena.allocate(1).byteOffset, count: 1, length });

/** Runs the steps as a kernel over `a` and `b`: the last result is written over `b`, the first over `a`. */
function compiled(steps: readonly Step[], a: readonly number[], b: readonly number[], scalar: number) {
  const g = new GraphBuilder(), array = (name: string) => g.input(name, "float32", [1]);
  const left = array("a"), right = array("b"), one = g.input("s", "float32", []);
  const values: Value[] = [left, right, one, g.constant(Float32Array.of(CONSTANT), [])];
  for (const { type, left, right } of steps) {
    const operands = (UNARY.has(type) ? [left] : [left, right]).map((at) => values[at % values.length]!);
    values.push(g.apply(opTable.get(type)!, operands)[0]!);
  }
  const arena = new Arena(),
    blocks = [a, b].map((data) => {
      const block = arena.allocate(data.length);
      block.view().set(data);
      return block;
    });
  const kernel = compileKernel({
    arrays: [left, right],
    scalars: [one],
    writes: [{ array: 0, value: values[LEAVES]! }, { array: 1, value: values.at(-1)! }],
  }, arena.memory);
  kernel(asOne(arena, a.length), blocks.map(({ byteOffset }) => byteOffset), [scalar]);
  return blocks.map((block) => Array.from(block.view()));
}
function byHand(steps: readonly Step[], a: readonly number[], b: readonly number[], scalar: number) {
  const rows = a.map((x, at) => {
    const values = [x, b[at]!, scalar, CONSTANT];
    for (const { type, left, right } of steps) {
      values.push(Math.fround(oracle[type]!(values[left % values.length]!, values[right % values.length]!)));
    }
    return values;
  });
  return [rows.map((values) => values[LEAVES]!), rows.map((values) => values.at(-1)!)];
}

Deno.test("a compiled formula equals TypeScript rounded to float32 bit for bit, at any length", () => {
  const lengths = fc.integer({ min: 1, max: 19 }).chain((length) => {
    const array = fc.array(number, { minLength: length, maxLength: length });
    return fc.tuple(array, array);
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), lengths, number, (steps, [a, b], scalar) => {
      assert.deepEqual(compiled(steps, a, b, scalar), byHand(steps, a, b, scalar));
    }),
    { numRuns: 150, seed: 3 },
  );
});

Deno.test("every op has a form for one element and for four, and each length from 1 to 19 uses them right", () => {
  assert.deepEqual(Object.keys(scalarLane.ops), Object.keys(vectorLane.ops));
  assert.deepEqual([...Object.keys(scalarLane.ops), "Reciprocal"].sort(), Object.keys(oracle).sort());
  for (const type of Object.keys(oracle)) {
    for (let length = 1; length <= 19; length++) {
      const a = Array.from({ length }, (_, at) => at - 7.25), b = Array.from({ length }, (_, at) => 3 - at);
      const steps = [{ type, left: 0, right: 1 }];
      assert.deepEqual(compiled(steps, a, b, 1), byHand(steps, a, b, 1), `${type} over ${length}`);
    }
  }
});

Deno.test("a kernel writes its own elements and no others", () => {
  const arena = new Arena(), g = new GraphBuilder(), x = g.input("x", "float32", [1]);
  const before = arena.allocate(4), block = arena.allocate(8), after = arena.allocate(4);
  const kernel = compileKernel({ arrays: [x], scalars: [], writes: [{ array: 0, value: add(x, 1) }] }, arena.memory);
  kernel(asOne(arena, 3), [block.byteOffset + 4], []);
  assert.deepEqual(Array.from(block.view()), [0, 1, 1, 1, 0, 0, 0, 0]);
  kernel(asOne(arena, 0), [block.byteOffset], []);
  kernel({ ...asOne(arena, 4), count: 0 }, [block.byteOffset], []);
  assert.deepEqual(Array.from(block.view()), [0, 1, 1, 1, 0, 0, 0, 0]);
  assert.deepEqual([...before.view(), ...after.view()], new Array(8).fill(0));
});

Deno.test("a kernel visits the rows it is given, in their order, and leaves the others", () => {
  for (const length of [1, 4, 6]) {
    const arena = new Arena(),
      g = new GraphBuilder(),
      x = g.input("x", "float32", [1]),
      y = g.input("y", "float32", [1]);
    const formula = {
      arrays: [x, y],
      scalars: [],
      writes: [{ array: 0, value: add(x, y) }, { array: 1, value: g.constant(Float32Array.of(0), []) }],
    };
    const rows = [arena.allocate(4 * length), arena.allocate(4 * length)] as const, ids = arena.allocate(2);
    rows[0].view().set(Array.from({ length: 4 * length }, (_, at) => at));
    rows[1].view().fill(100);
    ids.ints().set([3, 1]);
    const kernel = compileKernel(formula, arena.memory);
    kernel({ ids: ids.byteOffset, count: 2, length }, rows.map(({ byteOffset }) => byteOffset), []);
    const visited = (at: number) => [1, 3].includes(Math.floor(at / length));
    assert.deepEqual(
      Array.from(rows[0].view()),
      Array.from({ length: 4 * length }, (_, at) => visited(at) ? at + 100 : at),
    );
    assert.deepEqual(Array.from(rows[1].view()), Array.from({ length: 4 * length }, (_, at) => visited(at) ? 0 : 100));
  }
});

Deno.test("all arrays are read before any is written", () => {
  const steps = [{ type: "Add", left: 0, right: 1 }, { type: "Sub", left: 0, right: 1 }];
  assert.deepEqual(compiled(steps, [5, 5, 5, 5, 5], [2, 2, 2, 2, 2], 0), [[7, 7, 7, 7, 7], [3, 3, 3, 3, 3]]);
});

Deno.test("an op without an instruction is named with its node", () => {
  const g = new GraphBuilder(), x = g.input("x", "float32", [1]);
  assert.throws(
    () =>
      compileKernel(
        { arrays: [x], scalars: [], writes: [{ array: 0, value: mul(x, sigmoid(x)) }] },
        new Arena().memory,
      ),
    /Cannot compile a kernel: op "Sigmoid" \(node "Sigmoid_0"\) has no SIMD form/,
  );
});

Deno.test("a kernel goes on working after the memory grew", () => {
  const arena = new Arena(), g = new GraphBuilder(), x = g.input("x", "float32", [1]), block = arena.allocate(5);
  const formula = { arrays: [x], scalars: [], writes: [{ array: 0, value: reciprocal(x) }] };
  const kernel = compileKernel(formula, arena.memory);
  block.view().set([1, 2, 4, 8, 0.5]);
  arena.allocate(1_000_000);
  kernel(asOne(arena, 5), [block.byteOffset], []);
  assert.deepEqual(Array.from(block.view()), [1, 0.5, 0.25, 0.125, 2]);
});
