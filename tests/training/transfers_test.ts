import assert from "node:assert/strict";
import { backbones } from "../../models/mod.ts";
import { samplers } from "../../samplers/mod.ts";
import { interactions } from "../../datasets/interactions.ts";
import { smallLog, type SmallOptions, smallRun } from "./small_run.ts";
import { webgpuTest } from "../runtime/webgpu_test_case.ts";

/** What crossed to the GPU and back since it was last asked. */
interface Crossed {
  /** Bytes of tensors that the host wrote; what dispatches are told of shapes is not counted. */
  written: number;
  /** Buffers that were mapped to be read, and waits for the queue. */
  waits: number;
  /** Bytes of the largest buffer made. */
  largest: number;
}

/** Trains, and says what crossed in each step but the first few: shaders and buffers are made then. */
async function crossedBySteps(options: SmallOptions): Promise<readonly Crossed[]> {
  const steps: Crossed[] = [], { UNIFORM } = GPUBufferUsage;
  let now: Crossed = { written: 0, waits: 0, largest: 0 };
  const undo = [
    before(GPUQueue.prototype, "writeBuffer", (buffer, _, data, from = 0, size = data.byteLength - from) => {
      if ((buffer.usage & UNIFORM) === 0) now.written += size;
    }),
    before(GPUDevice.prototype, "createBuffer", ({ size, mappedAtCreation }) => {
      if (mappedAtCreation) now.written += size;
      now.largest = Math.max(now.largest, size);
    }),
    before(GPUBuffer.prototype, "mapAsync", () => now.waits++),
    before(GPUQueue.prototype, "onSubmittedWorkDone", () => now.waits++),
  ];
  try {
    const onStep = () => {
      steps.push(now);
      now = { written: 0, waits: 0, largest: 0 };
    };
    const { error } = await smallRun({ provider: "webgpu", epochs: 1, onStep, ...options });
    if (error) throw error;
  } finally {
    for (const restore of undo) restore();
  }
  return steps;
}

/** Calls `look` with the arguments of each call of a method, before it runs. Gives back what ends that. */
function before<T extends object, K extends keyof T>(
  of: T,
  name: K,
  look: (...given: T[K] extends (...given: infer A) => unknown ? A : never) => void,
): () => void {
  const method = of[name] as (...given: unknown[]) => unknown;
  Object.assign(of, {
    [name](this: T, ...given: unknown[]) {
      look(...given as Parameters<typeof look>);
      return method.apply(this, given);
    },
  });
  return () => void Object.assign(of, { [name]: method });
}

const WARM = 3, STEPS_PER_READ = 32, STEPS = 35, WORD = 4;

webgpuTest("a step sends ids and noise, makes no table, and waits for none until losses are read", async () => {
  const dim = 32, tables = [12, 20].map((rows) => rows * dim * WORD), POOL = 16, { train: log } = smallLog();
  const found = await crossedBySteps({
    data: interactions({ ...log, users: log.users.slice(0, STEPS), items: log.items.slice(0, STEPS) }),
    backbone: backbones.mf({ dim }),
    sampler: samplers["dns-mn"]({ pool: POOL }),
    batchSize: 1,
  });
  const waited = found.flatMap(({ waits }, step) => waits > 0 ? [step] : []);
  assert.deepEqual(waited, [STEPS_PER_READ - 1, STEPS - 1]);
  const steady = found.slice(WARM);
  assert(steady.every(({ largest }) => largest < Math.min(...tables)), `${steady.map(({ largest }) => largest)}`);
  const words = 1 + 1 + POOL + 1 + 2 * 2; // a user, a positive, candidates, noise; two rates for each of two tables
  assert.deepEqual(new Set(steady.map(({ written }) => written)), new Set([words * WORD]));
});
