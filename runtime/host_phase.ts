import type { GraphBuilder, Value, Variable } from "../graphs/builder.ts";
import { encode } from "../graphs/encode.ts";
import { prune } from "../graphs/prune.ts";
import { sizeOf, type TensorData } from "../graphs/tensor.ts";
import { choiceOutput, hostChoice } from "./host_choice.ts";
import { type HostDot, hostDots } from "./host_dot.ts";
import { type HostGather, hostGathers } from "./host_gather.ts";
import { hostIds } from "./host_ids.ts";
import { dotInput, fedInput, gatherInput } from "./host_input.ts";
import type { Tables } from "./host_store.ts";
import type { Engine, Ort } from "./ort.ts";
import type { Feeds } from "./runtime.ts";
import { unshaped } from "./table_rows.ts";

/** What one session is to compute, and what the host has computed for it by then. */
export interface PhasePlan {
  readonly graph: GraphBuilder;
  readonly asked: Readonly<Record<string, Value>>;
  /** Values beside the graph's inputs that are known before the run. */
  readonly known: ReadonlySet<Value>;
  readonly dots: readonly HostDot[];
  readonly gathers: readonly HostGather[];
  /** All that the session takes as inputs although the graph computes it. */
  readonly given: ReadonlySet<Value>;
  /** Variables that the session is fed whole. */
  readonly variables: readonly Variable[];
  /** Elements that the session is fed of variables, and computes. */
  readonly elements: number;
}

/** Divides a graph between a session and the host. */
export function phasePlan(
  graph: GraphBuilder,
  asked: Readonly<Record<string, Value>>,
  known: ReadonlySet<Value> = new Set(),
): PhasePlan {
  const wanted = Object.values(asked), given = new Set(known);
  const dots = hostDots(prune(graph, wanted, given).nodes, known);
  for (const { output } of dots) given.add(output);
  const gathers = hostGathers(prune(graph, wanted, given).nodes, wanted, known);
  for (const { output } of gathers) given.add(output);
  const { nodes, leaves } = prune(graph, wanted, given);
  const variables = leaves.filter((leaf): leaf is Variable => graph.variables.has(leaf.name));
  const fed = [...variables, ...gathers.map(({ output }) => output), ...nodes.flatMap(({ outputs }) => outputs)];
  const elements = fed.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return { graph, asked, known, dots, gathers, given, variables, elements };
}

/** A session and what the host computes for it. */
export interface HostPhase {
  /** Takes the graph's inputs and what is known, all ids checked; gives what was asked for, by its names. */
  run(tensors: Feeds): Promise<Feeds>;
  dispose(): Promise<void>;
}

export async function hostPhase(engine: Engine, store: Tables, plan: PhasePlan): Promise<HostPhase> {
  const { graph, asked, known, given, variables } = plan, inputs = new Set(graph.inputs.values());
  for (const variable of variables) store.block(variable);
  const found = [
    ...plan.dots.map((dot) => dotInput(store, dot)),
    ...plan.gathers.map((gather) => gatherInput(store, gather)),
  ];
  const here = new Set(found.map(({ value }) => value));
  const chosen = [...new Set(Object.values(asked))].flatMap((output) => hostChoice(output, here, inputs) ?? []);
  const fromInputs = new Set(chosen.flatMap(({ from }) => from.filter((value) => inputs.has(value))));
  const computed = [...found, ...Array.from(fromInputs, (value) => fedInput(store, value))];
  const placed = new Map(computed.map(({ value, out }) => [value, out]));
  const choices = new Map(chosen.map((choice) => [choice.output, choiceOutput(store.arena, choice, placed)]));

  const areKnown = (value: Value) => choices.has(value) || (inputs.has(value) && value.dtype === "int32");
  const derived = new Map(
    Object.values(asked).flatMap((value) => {
      const reading = value.dtype !== "int32" || choices.has(value) ? null : hostIds(value, areKnown);
      return reading ? [[value, reading]] : [];
    }),
  );

  // what the host has of what is asked for is not asked of the session, which takes it where it needs it
  const has = (value: Value) => placed.has(unshaped(value)) || choices.has(value) || derived.has(value);
  const left = Object.fromEntries(Object.entries(asked).filter(([, value]) => !has(value)));
  const session = Object.keys(left).length === 0
    ? null
    : await openSession(engine, graph, left, new Set([...given, ...choices.keys()]));
  const takes = ({ name }: Value) => session?.inputNames.includes(name) ?? false;
  const direct = [...inputs, ...known].filter(takes), whole = variables.filter(takes);
  const taken = found.filter(({ value }) => takes(value));
  const tensor = ({ dtype, shape }: Value, data: TensorData) => engine.tensor(dtype, data, shape);
  return {
    async run(tensors) {
      for (const { compute } of computed) compute(tensors);
      const ids = new Map(Array.from(choices, ([value, choose]) => [value, choose(tensors)]));
      for (const [value, read] of derived) {
        ids.set(value, read((known) => ids.get(known) ?? tensors[known.name] as Int32Array).slice()); // of inputs, a copy
      }
      const fed: Record<string, Ort.Tensor> = {};
      for (const value of direct) fed[value.name] = tensor(value, tensors[value.name]!);
      for (const variable of whole) fed[variable.name] = tensor(variable, store.block(variable).view());
      for (const { value, out } of taken) fed[value.name] = tensor(value, out.view());
      for (const [value, data] of ids) if (takes(value)) fed[value.name] = tensor(value, data);
      const results = await session?.run(fed) ?? {};
      const resultOf = (name: string, value: Value) =>
        ids.get(value) ?? placed.get(unshaped(value))?.view().slice() ?? results[name]!.data as TensorData;
      return Object.fromEntries(Object.entries(asked).map(([name, value]) => [name, resultOf(name, value)]));
    },
    dispose: async () => await session?.release(),
  };
}

function openSession(engine: Engine, graph: GraphBuilder, asked: PhasePlan["asked"], given: ReadonlySet<Value>) {
  const reduces = prune(graph, Object.values(asked), given).nodes.some(({ op, attributes }) =>
    op.type === "ScatterND" && (attributes.reduction ?? "none") !== "none"
  );
  return engine.session(encode(graph, asked, { given }), { reduces });
}
