import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { blocksGradient, RowGradient, type Value } from "../../graphs/builder.ts";
import { encode } from "../../graphs/encode.ts";
import { add } from "../../graphs/ops/arithmetic.ts";
import { denseRows } from "../../graphs/ops/index.ts";
import { prune } from "../../graphs/prune.ts";
import { dtypeOf, sizeOf, type TensorData } from "../../graphs/tensor.ts";
import type { Loss } from "../../losses/loss.ts";
import { losses } from "../../losses/mod.ts";
import type { Backbone } from "../../models/backbone.ts";
import { historyFeeds } from "../../models/history_inputs.ts";
import { backbones } from "../../models/mod.ts";
import type { AnyMethod } from "../../options/method.ts";
import { Rng } from "../../random/rng.ts";
import { openModel } from "../../runtime/model.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { samplers } from "../../samplers/mod.ts";
import type { Policy } from "../../samplers/sampler.ts";
import { openTasks } from "../../training/side_tasks.ts";
import { proposedInput, type TrainingStep, trainingStep } from "../../training/step.ts";
import { drawIn, opened, stubProbe } from "../samplers/drawn.ts";
import { anyMetadata } from "../samplers/metadata.ts";
import { webgpuTest } from "../runtime/webgpu_test_case.ts";
import { backboneFor, lossFor } from "../training/matching.ts";
import { historiesFor, someHistories } from "../training/some_histories.ts";
import { smallLog } from "../training/small_run.ts";

const { train: log } = smallLog(), of = catalogue(log, anyMetadata(log.userCount, log.itemCount));
/** Late enough for every warm-up of the defaults that ends early. */
const EPOCH = 12,
  ROWS = 5,
  BATCH = {
    rows: 4,
    first: 0,
    users: Int32Array.of(...log.users.slice(0, 4), log.users[0]!), // what pads the batch repeats its first row
    positives: Int32Array.of(...log.items.slice(0, 4), log.items[0]!),
  };
const WIDTH = 3, TOLERANCE = 2e-2;
/** Rounding spoils the short step where a loss is large, curvature and kinks the long one. */
const STEPS = [1e-3, 1e-2];
/** In how many directions differences must agree, and of how many at most: kinks of rectifiers spoil some. */
const AGREED = 2, DIRECTIONS = 5;
/** As few rectifiers as a network can have. */
const SMALL = { dim: WIDTH, mlpDim: WIDTH, contentDim: WIDTH, hidden: "4", layers: 1, heads: 1 };

/** A step of a combination with all that it is fed; nothing where it is refused. */
async function stepOf(policy: Policy, backbone: Backbone, loss: Loss, seed = 3) {
  const sampler = opened(policy, of, ROWS),
    recipe = { backbone, sampler, loss, catalogue: of, batchSize: ROWS, padded: true, l2: 0.1 };
  const step = built(() => trainingStep({ ...recipe, ...historiesFor(backbone, of) }));
  if (!step) return undefined;
  const probe = stubProbe((user, item) => Math.sin(7 * user + 3 * item)), draw = drawIn(of, { epoch: EPOCH, probe });
  await sampler.beginEpoch?.(drawIn(of, { epoch: 0, probe }));
  await sampler.beginEpoch?.(draw);
  const proposed = Object.entries(await sampler.propose(BATCH, draw)), rng = new Rng(seed, "gradients");
  const noise = [...step.graph.noises.values()].map(({ name, shape }): [string, TensorData] => [
    name,
    Float32Array.from({ length: sizeOf(shape) }, () => step.graph.normals.has(name) ? rng.normal() : rng.uniform()),
  ]);
  const feeds: Readonly<Record<string, TensorData>> = {
    users: BATCH.users,
    positives: BATCH.positives,
    rows: Float32Array.of(1, 1, 1, 1, 0),
    epoch: Float32Array.of(EPOCH),
    ...Object.fromEntries(proposed.map(([name, data]) => [proposedInput(name), data])),
    ...openTasks(step.tasks, 3)(BATCH, EPOCH),
    ...backbone.history && historyFeeds(someHistories(of).batch),
    ...Object.fromEntries(noise),
  };
  const variables = new Map(
    [...step.graph.variables.values()].map(({ name, shape }) => [
      name,
      Float32Array.from({ length: sizeOf(shape) }, () => 0.6 * rng.normal()),
    ]),
  );
  return { step, feeds, variables };
}
const built = (build: () => TrainingStep): TrainingStep | undefined => {
  try {
    return build();
  } catch (error) {
    assert(error instanceof TypeError && error.message.startsWith("Cannot combine "), `${error}`);
    return undefined;
  }
};
const totalOf = ({ loss, auxiliary }: TrainingStep) => auxiliary ? add(loss, auxiliary) : loss;
const slopesOf = ({ gradients }: TrainingStep): Record<string, Value> =>
  Object.fromEntries([...gradients].map(([variable, gradient]) => [
    `d ${variable.name}`,
    gradient instanceof RowGradient ? denseRows(gradient, variable.shape) : gradient,
  ]));

/** Compares each scope's slopes along random directions with differences, all that carries no gradient held as it is. */
async function checkGradients(
  { step, feeds, variables }: NonNullable<Awaited<ReturnType<typeof stepOf>>>,
  where: string,
): Promise<void> {
  const { graph } = step, total = totalOf(step), slopes = slopesOf(step);
  const held = prune(graph, [total]).nodes.flatMap(({ op, outputs }) =>
    outputs.filter((output) => op.vjp === blocksGradient || output.dtype !== "float32")
  );
  const heldOutputs = Object.fromEntries(held.map((value, at) => [`held ${at}`, value]));
  const whole = await openModel(encode(graph, { total, ...slopes, ...heldOutputs }));
  const fixed = await openModel(encode(graph, { total }, { given: new Set(held) }));
  const tensor = (value: Value, data: TensorData) => ({ dtype: dtypeOf(data), shape: value.shape, data });
  const leaves = (given: ReadonlyMap<string, Float32Array>, names: readonly string[]) =>
    Object.fromEntries(names.flatMap((name) => {
      const variable = graph.variables.get(name), input = graph.inputs.get(name);
      if (variable) return [[name, tensor(variable, given.get(name)!)]];
      return input ? [[name, tensor(input, feeds[name]!)]] : [];
    }));
  const base = await whole.run(leaves(variables, whole.inputNames));
  const given = Object.fromEntries(
    held.map((value, at) => [value.name, { ...base[`held ${at}`]!, shape: value.shape }]),
  );
  const lossAt = async (at: ReadonlyMap<string, Float32Array>) => {
    const kept = Object.fromEntries(fixed.inputNames.flatMap((name) => given[name] ? [[name, given[name]]] : []));
    return (await fixed.run({ ...leaves(at, fixed.inputNames), ...kept })).total!.data[0] as number;
  };
  const scopes = new Set(
    [...step.gradients.keys()].map(({ name }) => name.includes("/") ? name.slice(0, name.indexOf("/")) : ""),
  );
  for (const scope of scopes) {
    const rng = new Rng(5, scope),
      own = [...step.gradients.keys()].filter(({ name }) => scope ? name.startsWith(`${scope}/`) : !name.includes("/"));
    const said: string[] = [];
    let agreed = 0;
    for (let tried = 0; agreed < AGREED && tried < DIRECTIONS; tried++) {
      const directions = new Map(
        own.map(({ name }) => [name, variables.get(name)!.map(() => rng.below(2) === 0 ? -1 : 1)]),
      );
      const moved = (h: number) =>
        new Map(
          [...variables].map(([name, x]) => [
            name,
            directions.has(name) ? x.map((v, at) => v + h * directions.get(name)![at]!) : x,
          ]),
        );
      const products = own.flatMap(({ name }) =>
        Array.from(directions.get(name)!, (d, at) => d * (base[`d ${name}`]!.data[at] as number))
      );
      const byRule = products.reduce((a, b) => a + b, 0), scale = Math.hypot(...products, 1e-2);
      for (const h of STEPS) {
        const byDifference = (await lossAt(moved(h)) - await lossAt(moved(-h))) / (2 * h);
        said.push(`the rules say ${byRule}, differences ${byDifference}`);
        if (Math.abs(byRule - byDifference) > TOLERANCE * scale) continue;
        agreed++;
        break;
      }
    }
    assert(agreed === AGREED, `${where}, scope "${scope}": ${said.join("; ")}`);
  }
  await whole.dispose();
  await fixed.dispose();
}

const everyLoss = Object.values<AnyMethod<Loss>>(losses);
const everyBackbone = Object.values<AnyMethod<Backbone>>(backbones);
const small = (make: AnyMethod<Backbone>): Backbone =>
  make(Object.fromEntries(Object.entries(SMALL).filter(([option]) => option in make.options)));

for (const [name, make] of Object.entries<AnyMethod<Policy>>(samplers)) {
  Deno.test(`the gradients of a step with ${name} are those of finite differences, scope by scope, on every backbone`, async () => {
    let checked = 0;
    for (const backbone of everyBackbone) {
      const at = (seed?: number) => stepOf(make(), small(backbone), lossFor(backbone), seed);
      const combined = await at(), where = `${name} on ${backbone.name}`;
      if (!combined) continue;
      // a point may lie next to a jump, as that of `ans`, whose margin divides by what may be 0: a wrong rule is wrong at others, too
      await checkGradients(combined, where).catch(async () => await checkGradients((await at(4))!, where));
      checked++;
    }
    assert(checked > 0);
  });

  webgpuTest(`a step with ${name} has on WebGPU the losses and gradients that it has on WASM`, async () => {
    const { step, feeds, variables } = (await stepOf(make(), backbones.mf({ dim: WIDTH }), losses.bpr()))!;
    const found = [];
    for (const provider of ["wasm", "webgpu"] as const) {
      const runtime = await openRuntime({ provider });
      const program = await runtime.compile(step.graph, { outputs: { total: totalOf(step), ...slopesOf(step) } });
      await runtime.load(
        new Map([...variables].map(([name, data]) => [name, { shape: step.graph.variables.get(name)!.shape, data }])),
      );
      found.push(await program.run(feeds));
      await runtime.dispose();
    }
    const [wasm, webgpu] = found as unknown as [Record<string, Float32Array>, Record<string, Float32Array>];
    for (const [output, wanted] of Object.entries(wasm)) {
      const size = Math.hypot(...wanted) / Math.sqrt(wanted.length) + 1e-3;
      wanted.forEach((x, at) =>
        assert(
          Math.abs(webgpu[output]![at]! - x) <= 1e-3 * size,
          `${output}[${at}]: ${x} on WASM, ${webgpu[output]![at]}`,
        )
      );
    }
  });
}

for (const loss of everyLoss) {
  Deno.test(`the gradients of a step under ${loss.name} are those of finite differences, scope by scope`, async () => {
    for (const sampler of [samplers.rns({ negatives: 3 }), samplers["in-batch"]()]) {
      const combined = await stepOf(sampler, small(backboneFor(loss)), loss());
      if (combined) await checkGradients(combined, loss.name);
    }
  });
}
