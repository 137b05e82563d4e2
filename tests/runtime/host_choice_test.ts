import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { GraphBuilder, type Value } from "../../graphs/builder.ts";
import { normal } from "../../graphs/initializers.ts";
import { cast } from "../../graphs/ops/compare.ts";
import { abs, add, exp, max, mul, neg, pow, sub } from "../../graphs/ops/arithmetic.ts";
import { argMax, argMaxOp, argMin, gather, gatherElements } from "../../graphs/ops/index.ts";
import { matmul, swapAxes } from "../../graphs/ops/linear.ts";
import { sum } from "../../graphs/ops/reduce.ts";
import { reshape, unsqueeze } from "../../graphs/ops/shape.ts";
import { Arena } from "../../runtime/arena.ts";
import { choiceOutput, hostChoice } from "../../runtime/host_choice.ts";
import { earlyIds } from "../../runtime/early_ids.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { pickLargest, pickSmallest } from "../../samplers/candidates.ts";

const R = 3;
/** A graph with scores of pools of candidates, a number for each row, and the candidates. */
function scored(pools: number, length: number) {
  const g = new GraphBuilder(), each = pools * length;
  return {
    g,
    scores: g.input("scores", "float32", [R, each]),
    targets: g.input("targets", "float32", [R, 1]),
    candidates: g.input("candidates", "int32", [R, each]),
  };
}
const found = (output: Value) => hostChoice(output, new Set(), new Set(output.graph.inputs.values()));

/** Runs a choice whose parts are all fed. */
function choose(output: Value, feeds: Readonly<Record<string, Float32Array | Int32Array>>): readonly number[] {
  const arena = new Arena(), choice = found(output);
  assert(choice, "the host chooses");
  const places = new Map(choice.from.map((value) => {
    const block = arena.allocate(feeds[value.name]!.length);
    block.view().set(feeds[value.name]!);
    return [value, block];
  }));
  const after = arena.allocate(4), run = choiceOutput(arena, choice, places);
  const ids = Array.from(run(feeds));
  assert.deepEqual(Array.from(run(feeds)), ids, "again");
  assert.deepEqual(after.view(), new Float32Array(4), "nothing is written past the slots");
  return ids;
}

/** Of each pool the candidate of the best value; the first of equals, the first of all where no value is finite. */
function oracle(ids: readonly number[], values: readonly number[], length: number, largest: boolean): number[] {
  return Array.from({ length: values.length / length }, (_, pool) => {
    const own = values.slice(pool * length, (pool + 1) * length).map((v) =>
      !Number.isFinite(v) ? NaN : largest ? -v : v
    );
    const finite = own.filter((value) => !Number.isNaN(value));
    return ids[pool * length + (finite.length === 0 ? 0 : own.indexOf(Math.min(...finite)))]!;
  });
}

const score = fc.constantFrom(-2, -1, -0.5, -0, 0, 0.25, 1, 3, NaN, Infinity, -Infinity); // many ties
const cases = fc.record({ pools: fc.integer({ min: 1, max: 3 }), length: fc.integer({ min: 4, max: 19 }) }).chain((
  size,
) =>
  fc.record({
    size: fc.constant(size),
    scores: fc.array(score, { minLength: R * size.pools * size.length, maxLength: R * size.pools * size.length }),
    targets: fc.array(fc.constantFrom(-1, 0.5, 2, 4), { minLength: R, maxLength: R }),
  })
);

Deno.test("the host's choice is the best finite value's candidate, the first of equals, in pools of any length", () => {
  fc.assert(
    fc.property(cases, ({ size: { pools, length }, scores, targets }) => {
      const graph = scored(pools, length), each = pools * length;
      const ids = Array.from({ length: R * each }, (_, at) => 1000 + at);
      const feeds = {
        scores: Float32Array.from(scores),
        targets: Float32Array.from(targets),
        candidates: Int32Array.from(ids),
      };
      assert.deepEqual(
        choose(pickLargest(graph.candidates, graph.scores, pools), feeds),
        oracle(ids, scores, length, true),
      );
      for (const power of [-1, 0, 1]) {
        const distance = abs(sub(graph.scores, mul(2, pow(add(graph.targets, 0.5), power))));
        const values = scores.map((s, at) => Math.abs(s - 2 * (targets[Math.floor(at / each)]! + 0.5) ** power));
        assert.deepEqual(
          choose(pickSmallest(graph.candidates, distance, pools), feeds),
          oracle(ids, values, length, false),
        );
      }
    }),
    { numRuns: 200, seed: 4 },
  );
});

Deno.test("what the host cannot compute, or is another choice, stays in the session", () => {
  const { g, scores, targets, candidates } = scored(1, 6), pool = (x: Value) => reshape(x, [R, 1, 6]);
  const slots = (x: Value) => argMax(pool(x), 2);
  const at = (ids: Value, slots: Value) => reshape(gatherElements(pool(ids), slots, 2), [R, 1]);
  assert(found(at(candidates, slots(scores))), "a plain choice is the host's");
  assert.equal(found(at(candidates, slots(exp(scores)))), null, "an operator without a lane");
  assert.equal(found(at(candidates, slots(pow(scores, 2)))), null, "a power that would be a logarithm's");
  assert.equal(found(at(candidates, slots(add(scores, sum(scores, [1], true))))), null, "a sum");
  assert.equal(found(at(candidates, slots(g.variable("own", [R, 6], normal(1))))), null, "a variable's values");
  assert.equal(found(at(mul(2, candidates), slots(scores))), null, "computed candidates");
  assert.equal(found(at(scores, slots(scores))), null, "what is chosen is no id");
  assert.equal(found(candidates), null, "no choice at all");
  const [last] = g.apply(argMaxOp, [pool(scores)], { axis: 2, keepdims: 1, select_last_index: 1 }) as [Value];
  assert.equal(found(at(candidates, cast(last, "int32"))), null, "the last of equals");
  const across = reshape(candidates, [1, R, 6]), all = reshape(scores, [1, R, 6]);
  assert.equal(found(gatherElements(across, argMin(all, 1), 1)), null, "along another axis");
  assert.equal(found(gatherElements(pool(candidates), reshape(slots(scores), [1, 1, R]), 2)), null, "other slots");
  const cube = g.input("cube", "float32", [R, 6, 6]), its = g.input("its", "int32", [R, 6, 6]);
  const aslant = reshape(argMax(cube, 1), [R, 6, 1]);
  assert.equal(found(gatherElements(its, aslant, 2)), null, "slots along an axis that is as long");
  const small = scored(2, 3);
  assert.equal(found(pickLargest(small.candidates, small.scores, 2)), null, "pools shorter than a vector");
  const aside = mul(reshape(targets, [1, R, 1]), reshape(scores, [R, 1, 6])); // [R, R, 6]: rows with all rows
  const many = g.input("many", "int32", [R, R * 6]);
  assert.equal(found(pickLargest(many, reshape(aside, [R, R * 6]), R)), null, "numbers of other rows");
});

Deno.test("ids that are chosen on the host are those that the graph chooses, and train the same rows", async () => {
  const D = 18, POOL = 7, ROWS = 5, ITEMS = 400;
  const step = (plain: boolean) => {
    const g = new GraphBuilder(), ids = (name: string, shape: readonly number[]) => g.input(name, "int32", shape);
    const table = g.variable("item", [ITEMS, D], normal(1));
    const user = gather(g.variable("user", [9, D], normal(1)), ids("users", [ROWS])), query = unsqueeze(user, 1);
    const positive = gather(table, ids("positives", [ROWS, 1])), candidates = ids("candidates", [ROWS, POOL]);
    const score = (items: Value) => reshape(matmul(query, swapAxes(gather(table, items))), [ROWS, items.shape[1]!]);
    const target = max(neg(reshape(sum(mul(query, positive), [2]), [ROWS, 1])), 0.5);
    const distance = abs(sub(score(candidates), target));
    // e^(distance) is chosen in the session, and chooses the same
    const chosen = pickSmallest(candidates, plain ? distance : exp(distance), 1);
    return { graph: g, outputs: { chosen, score: score(chosen) } };
  };
  const feeds = {
    users: Int32Array.of(4, 0, 2, 8, 4),
    positives: Int32Array.of(6, 1, 1, 39, 0),
    candidates: Int32Array.from({ length: ROWS * POOL }, (_, at) => (at * 17) % ITEMS),
  };
  const run = async (plain: boolean) => {
    const runtime = await openRuntime({ provider: "wasm", seed: 5 }), { graph, outputs } = step(plain);
    const program = await runtime.compile(graph, { outputs });
    const found = await program.run(feeds);
    await program.dispose();
    await runtime.dispose();
    assert.equal(earlyIds(graph, outputs).size, 1, "a session of its own, or none");
    return found;
  };
  assert.deepEqual(await run(true), await run(false));
});
