import assert from "node:assert/strict";
import { GraphBuilder, RowGradient } from "../../graphs/builder.ts";
import { filled, normal, uniform, xavierUniform, zeros } from "../../graphs/initializers.ts";
import { Rng } from "../../random/rng.ts";
import { fetchRows } from "../../runtime/fetch_rows.ts";
import { Arena } from "../../runtime/arena.ts";
import { HostStore } from "../../runtime/host_store.ts";
import { lazyAdam, sgd } from "../../training/optimizers.ts";

const WIDTH = 8, BYTES = 4, PAGE = 65536;

/** What a store takes that updates a table of which a step touches `touched` rows, one of them twice. */
function stored(rows: number, touched: number, rule = lazyAdam()) {
  const graph = new GraphBuilder(), store = new HostStore(1), table = graph.variable("table", [rows, WIDTH], zeros);
  const ids = graph.input("ids", "int32", [touched]), given = graph.input("rows", "float32", [touched, WIDTH]);
  const update = store.update(
    { variable: table, gradient: new RowGradient([{ ids, rows: given }]), rule },
    store.arena,
  );
  const chosen = Int32Array.from({ length: touched }, (_, at) => at < 2 ? 5 : rows - at);
  const step = () => {
    update.take([{ ids: chosen, rows: new Float32Array(touched * WIDTH).fill(1) }]);
    update.apply();
  };
  return { store, table, step, bytes: () => store.arena.memory.buffer.byteLength };
}

Deno.test("lazyAdam takes the table, its two states, and beside them what a batch takes, however many rows there are", () => {
  const TOUCHED = 1000;
  const [small, large] = [20_000, 200_000].map((rows) => {
    const { step, bytes } = stored(rows, TOUCHED);
    step();
    const after = bytes();
    step();
    assert.equal(bytes(), after); // no step takes more than the first
    return after - 3 * rows * WIDTH * BYTES;
  });
  const batch = TOUCHED * (2 * WIDTH + 4) * BYTES; // sums and gradient, row by row, and some numbers for each
  for (const beside of [small!, large!]) assert(beside <= batch + 2 * PAGE, `${beside} bytes beside the tables`);
});

Deno.test("rows touched twice are summed before the rule sees them, and the others stay", () => {
  const { store, table, step } = stored(50, 4, sgd({ lr: 0.5 }));
  for (const times of [1, 2]) {
    step();
    const found = Array.from({ length: 50 }, (_, row) => store.block(table).view()[row * WIDTH]! / times);
    assert.deepEqual([found[5], found[48], found[47], found[46]], [-1, -0.5, -0.5, 0]);
  }
});

Deno.test("a table of fewer rows than a step has ids is summed in as many rows as it has", () => {
  const graph = new GraphBuilder(), store = new HostStore(1), table = graph.variable("table", [3, 1], zeros);
  const ids = graph.input("ids", "int32", [6]), rows = graph.input("rows", "float32", [6, 1]);
  const rule = sgd({ lr: 1 }), gradient = new RowGradient([{ ids, rows }, { ids, rows }]);
  const { take, apply } = store.update({ variable: table, gradient, rule }, store.arena),
    chosen = Int32Array.of(0, 2, 2, 0, 0, 1);
  const part = { ids: chosen, rows: Float32Array.of(1, 2, 3, 4, 5, 6) };
  take([part, part]);
  apply();
  assert.deepEqual([...store.block(table).view()], [-20, -12, -10]);
});

Deno.test("fetching rows changes nothing but time, and leaves none out, of tables near and far", () => {
  const arena = new Arena(), fetch = fetchRows(arena.memory);
  const far = arena.allocate(2 ** 22 + WIDTH), near = arena.allocate(40 * WIDTH), ids = arena.allocate(300);
  for (const table of [far, near]) table.view().fill(3);
  ids.ints().forEach((_, at, view) => view[at] = at % 40);
  const stretches = (...tables: (typeof far)[]) => {
    const visited: [number, number][] = [], from = tables.map((table) => ({ ids: ids.byteOffset, table }));
    fetch(300, from, WIDTH, (first, count) => visited.push([first, count]));
    return visited;
  };
  assert.deepEqual(stretches(near), [[0, 300]]);
  assert.deepEqual(stretches(near, far), [[0, 128], [128, 128], [256, 44]]);
  for (const table of [far, near]) assert(table.view().every((element) => element === 3));
});

Deno.test("what a WASM memory cannot hold is refused with sizes, before any of it is taken", () => {
  const arena = new Arena(), { byteLength } = arena.memory.buffer;
  assert.throws(
    () => arena.allocate(2 ** 30 + 1),
    /Cannot hold 4097 MiB more .* ends at 4096 MiB; fewer rows, a smaller "dim"/,
  );
  assert.equal(arena.memory.buffer.byteLength, byteLength);
});

Deno.test("an initializer writes a table in place, with the numbers that it returns elsewhere", () => {
  for (const init of [uniform(0.5), normal(0.1), xavierUniform, filled(3), zeros]) {
    const table = new GraphBuilder().variable("table", [30, WIDTH], init);
    assert.deepEqual(new HostStore(7).block(table).view(), init([30, WIDTH], new Rng(7, "table")));
  }
});
