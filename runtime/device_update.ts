import { RowGradient, type Value, type Variable } from "../graphs/builder.ts";
import { denseRows } from "../graphs/ops/index.ts";
import { sizeOf } from "../graphs/tensor.ts";
import type { DevicePart, DeviceStore } from "./device_store.ts";
import { denseRowsOf } from "./row_parts.ts";
import { ruleFormula, scalarsAt } from "./rule_formula.ts";
import type { Update } from "./runtime.ts";
import { summedRows, type UpdateRule } from "./update.ts";
import { type Place, wgslKernel, WORKGROUP } from "./wgsl_kernel.ts";

/** An update of one buffer: what it takes of the session, and what it writes over. */
export interface DeviceUpdate {
  readonly rule: UpdateRule;
  readonly variable: Variable;
  readonly parameter: DevicePart;
  readonly states: readonly DevicePart[];
  /** The gradient; of touched rows also the ids and the elected positions. */
  readonly takes: readonly Value[];
}

/** The updates that a variable's takes: one for each buffer it is kept in. Appends to its graph. */
export function deviceUpdates(store: DeviceStore, { variable, gradient, rule }: Update): readonly DeviceUpdate[] {
  const { parts } = store.declare(variable), states = rule.states.map((state) => store.state(variable, state).parts);
  const touched = gradient instanceof RowGradient && rule.rows === "touched" ? summedRows(variable, gradient) : null;
  const whole = (part: DevicePart) => {
    if (!(gradient instanceof RowGradient)) return gradient;
    return parts.length === 1 ? denseRows(gradient, variable.shape) : denseRowsOf(gradient, variable.shape[0]!, part);
  };
  return parts.map((parameter, at) => ({
    rule,
    variable,
    parameter,
    states: states.map((parts) => parts[at]!),
    takes: touched ? [touched.rows, touched.ids, touched.elected] : [whole(parameter)],
  }));
}

/** A program's updates in place: a dispatch for each buffer, all in one pass. */
export interface DeviceUpdater {
  /** Enqueues them, after the run whose gradients they take. */
  apply(): void;
  dispose(): void;
}

/**
 * Compiles a program's updates to shaders. `bufferOf` finds where a value that an update takes will be.
 *
 * @throws TypeError where a rule uses an op that no shader has.
 */
export async function deviceUpdater(
  device: GPUDevice,
  store: DeviceStore,
  updates: readonly DeviceUpdate[],
  bufferOf: (value: Value) => GPUBuffer,
): Promise<DeviceUpdater> {
  const counts = new Map(updates.map(({ variable, rule }) => [variable, { rule, steps: store.steps(variable) }]));
  const starts = new Map<Variable, number>();
  let length = 0;
  for (const [variable, { rule }] of counts) {
    starts.set(variable, length);
    length += Object.keys(rule.scalars(1)).length;
  }
  const { STORAGE, UNIFORM, COPY_DST } = GPUBufferUsage, WORD = Uint32Array.BYTES_PER_ELEMENT;
  const scalars = device.createBuffer({ size: Math.max(WORD, length * WORD), usage: STORAGE | COPY_DST });
  const pipelines = new Map<string, Promise<GPUComputePipeline>>();
  const pipelineOf = (code: string) => {
    const found = pipelines.get(code) ?? compiled(device, code);
    pipelines.set(code, found);
    return found;
  };
  const compile = async ({ rule, variable, parameter, states, takes }: DeviceUpdate) => {
    const [gradient, ...ids] = takes as [Value, ...Value[]], touched = ids.length > 0;
    const [rows = 1, ...width] = parameter.shape;
    const place: Place = {
      count: touched ? gradient.shape[0]! : rows,
      width: sizeOf(width),
      first: parameter.first,
      rows,
      scalars: starts.get(variable)!,
    };
    const words = Uint32Array.of(place.count, place.width, place.first, place.rows, place.scalars);
    const where = device.createBuffer({ size: words.byteLength, usage: UNIFORM | COPY_DST });
    device.queue.writeBuffer(where, 0, words);
    const pipeline = await pipelineOf(wgslKernel(ruleFormula(rule), touched));
    const bindings = () => [
      where,
      scalars,
      parameter.current,
      bufferOf(gradient),
      ...states.map((s) => s.current),
      ...ids.map(bufferOf),
    ];
    let bound: readonly GPUBuffer[] = [], group: GPUBindGroup;
    return {
      where,
      dispatch(pass: GPUComputePassEncoder) {
        const buffers = bindings();
        if (buffers.some((buffer, at) => buffer !== bound[at])) {
          const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
          group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
          bound = buffers;
        }
        const groups = Math.ceil(place.count * place.width / WORKGROUP);
        const across = Math.min(groups, device.limits.maxComputeWorkgroupsPerDimension);
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(across, Math.ceil(groups / Math.max(1, across)));
      },
    };
  };
  const steps = await Promise.all(updates.map(compile));
  return {
    apply() {
      if (steps.length === 0) return;
      const numbers = [...counts.values()].flatMap(({ rule, steps }) => scalarsAt(rule, ++steps.count));
      if (numbers.length > 0) device.queue.writeBuffer(scalars, 0, Float32Array.from(numbers));
      const encoder = device.createCommandEncoder(), pass = encoder.beginComputePass();
      for (const { dispatch } of steps) dispatch(pass);
      pass.end();
      device.queue.submit([encoder.finish()]);
    },
    dispose() {
      scalars.destroy();
      for (const { where } of steps) where.destroy();
    },
  };
}

/** @throws GPUPipelineError in the device's words, where the code does not compile. */
function compiled(device: GPUDevice, code: string): Promise<GPUComputePipeline> {
  const module = device.createShaderModule({ code }), { COMPUTE } = GPUShaderStage;
  const bindings = code.matchAll(/@binding\((\d+)\) var<(uniform|storage, read|storage, read_write)>/g);
  const types = { uniform: "uniform", "storage, read": "read-only-storage", "storage, read_write": "storage" } as const;
  const entries = Array.from(bindings, ([, binding, kind]) => ({
    binding: Number(binding),
    visibility: COMPUTE,
    buffer: { type: types[kind as keyof typeof types] },
  }));
  const layout = device.createPipelineLayout({ bindGroupLayouts: [device.createBindGroupLayout({ entries })] });
  return device.createComputePipelineAsync({ layout, compute: { module, entryPoint: "run" } });
}
