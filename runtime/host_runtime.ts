import type { GraphBuilder, Value } from "../graphs/builder.ts";
import { prune } from "../graphs/prune.ts";
import { rewrite, type Rewritten } from "../graphs/rewrite.ts";
import type { TensorData } from "../graphs/tensor.ts";
import { boundsOf, checkBounds } from "./bounds.ts";
import { distributed } from "./distributed.ts";
import { distributedPools } from "./distributed_pools.ts";
import { earlyIds, named } from "./early_ids.ts";
import type { Lease } from "./arena.ts";
import { gradientReading, type Reading } from "./host_gradient.ts";
import { hostPhase, phasePlan } from "./host_phase.ts";
import { HostStore, type Tables } from "./host_store.ts";
import { openPrograms } from "./open_programs.ts";
import type { Engine } from "./ort.ts";
import { rewritten, valuesOf } from "./rewritten.ts";
import { scaledProducts } from "./scaled_products.ts";
import { checkFeed, type Feeds, type Plan, type Program, type Result, type Runtime } from "./runtime.ts";

/** Begins the names of the outputs that a program adds for its own use. */
const OWN = "foil";

/**
 * Runs graphs on the CPU. Variables are host memory: a session is fed the rows it gathers or the whole table, whichever
 * is smaller, and scores of candidates, which the host takes where they lie. It returns gradients; updates run in place
 * over that memory.
 */
export function hostRuntime(engine: Engine, seed: number, reason: string): Runtime {
  const store = new HostStore(seed), { provider, queue: run } = engine, programs = openPrograms();
  return {
    provider,
    reason,
    // not while a run has views
    compile: (graph, plan) => run(async () => programs.opened(await hostProgram(engine, store, graph, plan))),
    read: (results) => Promise.resolve(results.map(({ outputs }) => outputs as never)),
    save: (wanted) => run(() => Promise.resolve(store.save(wanted))),
    load: (tensors) => run(() => Promise.resolve(store.load(tensors))),
    dispose: programs.dispose,
  };
}

/** The same graph, as the host and its sessions run it. No two of the rules are for one node: any may come first. */
function forHost(graph: GraphBuilder, wanted: readonly Value[]): Rewritten {
  const scaled = scaledProducts(graph, wanted);
  return rewrite(graph, wanted, (...node) => distributed(...node) ?? distributedPools(...node) ?? scaled(...node));
}

/** Compiles a program; the memory that it takes is given back with it. */
async function hostProgram<K extends string>(
  engine: Engine,
  store: HostStore,
  source: GraphBuilder,
  given: Plan<K>,
): Promise<Program<K>> {
  const lease = store.arena.lease();
  try {
    return await leasedProgram(engine, store, lease, source, given);
  } catch (error) {
    lease.release();
    throw error;
  }
}

/**
 * Divides a program between the host and sessions. Each step goes by what those before it found:
 * 1. the graph is rewritten, for of mixtures the host finds no inner products;
 * 2. updates ask for what they take: scales in place of rows, where the host can make these, and ids;
 * 3. of all ids that are asked for, some are computed early, in a session of their own (`earlyIds`);
 * 4. of each session inner products are taken out before gathers: rows that they alone read need not be gathered, and
 *    do not count when a table would better be fed whole (`phasePlan`);
 * 5. ids are chosen by what the host has by then; the session computes the rest (`hostPhase`).
 */
async function leasedProgram<K extends string>(
  engine: Engine,
  store: HostStore,
  lease: Lease,
  source: GraphBuilder,
  given: Plan<K>,
): Promise<Program<K>> {
  const tables: Tables = { arena: lease, block: (variable) => store.block(variable) };
  const { graph, plan: { outputs, updates } } = rewritten(source, given, forHost);
  const assignments = [...graph.assignments];
  const wanted = [
    ...Object.values<Value>(outputs),
    ...assignments.map(([, next]) => next),
    ...updates.flatMap(({ gradient }) => valuesOf(gradient)),
  ];
  const needed = prune(graph, wanted), inputs = needed.leaves.filter((leaf) => graph.inputs.has(leaf.name));
  const bounds = boundsOf(needed.nodes);

  const all: Record<string, Value> = { ...outputs };
  const ask = (value: Value): Reading<TensorData> => {
    if (value.data) return () => value.data!;
    if (graph.inputs.has(value.name)) return (run) => run(value.name);
    const name = `${OWN}/${value.name}`;
    all[name] = value;
    return (run) => run(early.has(value) ? value.name : name);
  };
  for (const { variable } of updates) store.block(variable);
  const nexts = assignments.map(([variable, next]) => ({ variable, next: ask(next) }));
  const gradients = updates.map((update) => gradientReading(tables, update, ask));
  const early = earlyIds(graph, all);
  for (const name of Object.keys(all)) if (name.startsWith(OWN) && early.has(all[name]!)) delete all[name];
  const found = takeFound(graph, early, all);
  const choosing = early.size > 0
    ? await hostPhase(engine, tables, phasePlan(graph, { ...found, ...named(early) }))
    : undefined;
  const chosen = boundsOf(needed.nodes, early).filter(({ input }) => early.has(input));
  const phase = await hostPhase(engine, tables, phasePlan(graph, all, early));
  const moves = updates.map((update) => store.update(update, lease));

  const start = (feeds: Feeds) =>
    engine.queue(async (): Promise<Result<K>> => {
      for (const input of inputs) checkFeed(input, feeds[input.name]);
      checkBounds(bounds, feeds);
      const first = await choosing?.run(feeds) ?? {};
      checkBounds(chosen, first);
      const tensors = { ...first, ...feeds }, results = { ...first, ...await phase.run(tensors) };
      const scored = performance.now(), data = (name: string) => (results[name] ?? tensors[name])!;
      moves.forEach(({ take }, at) => take(gradients[at]!(data)));
      for (const { apply } of moves) apply();
      for (const { variable, next } of nexts) store.block(variable).view().set(next(data) as Float32Array);
      return {
        outputs: Object.fromEntries(Object.keys(outputs).map((name) => [name, data(name)])) as Record<K, TensorData>,
        updating: performance.now() - scored,
      };
    });
  return {
    inputs,
    start,
    run: async (feeds) => (await start(feeds)).outputs as Record<K, TensorData>,
    dispose: () =>
      engine.queue(async () => {
        await choosing?.dispose();
        await phase.dispose();
        lease.release();
      }),
  };
}

/** Takes out of `all` what is known once the early ids are: to be asked for with them, and not computed twice. */
function takeFound(
  graph: GraphBuilder,
  early: ReadonlySet<Value>,
  all: Record<string, Value>,
): Readonly<Record<string, Value>> {
  const computed = new Set(prune(graph, [...early]).nodes);
  const found = Object.entries(all).filter(([, value]) =>
    value.node && prune(graph, [value]).nodes.every((node) => computed.has(node))
  );
  for (const [name] of found) delete all[name];
  return Object.fromEntries(found);
}
