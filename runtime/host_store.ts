import { RowGradient, type Variable } from "../graphs/builder.ts";
import { sizeOf } from "../graphs/tensor.ts";
import { Arena, type Block, type Space } from "./arena.ts";
import { type HostGradient, hostUpdate } from "./host_update.ts";
import { touchedUpdate } from "./touched_update.ts";
import { checkSaved, checkShared, savedData, type SavedTensor, startOf, type Update } from "./runtime.ts";
import { stateName } from "./update.ts";

/** Variables, and where a program has what it keeps between steps. */
export interface Tables {
  readonly arena: Space;
  /** The elements of a variable, which starts as it is declared where it is new. */
  block(variable: Variable): Block;
}

/** The variables of a runtime, and what optimisers keep beside them, in one arena. */
export class HostStore implements Tables {
  readonly arena = new Arena();
  readonly #blocks = new Map<string, Block & { readonly shape: readonly number[] }>();
  readonly #pending = new Map<string, SavedTensor>();

  constructor(readonly seed: number) {}

  block(variable: Variable): Block {
    const found = this.#blocks.get(variable.name);
    if (found) checkShared(variable, found.shape);
    return found ??
      this.#create(
        variable.name,
        variable.shape,
        (into) => startOf(variable, this.seed, into),
      );
  }

  /** The update of a variable, and its count of steps; what it takes besides is had in `arena`. */
  update({ variable, gradient, rule }: Update, arena: Space): { take(gradient: HostGradient): void; apply(): void } {
    const states = rule.states.map((state) => {
      const name = stateName(variable, state);
      return this.#blocks.get(name) ?? this.#create(name, variable.shape, () => null);
    });
    const steps = stateName(variable, "step");
    const counter = this.#blocks.get(steps) ?? this.#create(steps, [1], () => null);
    const block = this.block(variable), compact = rule.rows === "touched" && gradient instanceof RowGradient;
    const { take, apply } = compact
      ? touchedUpdate(variable, gradient, rule, arena, block, states)
      : hostUpdate(variable, rule, arena, block, states);
    return {
      take,
      apply: () => {
        const step = counter.view()[0]! + 1;
        apply(step);
        counter.view()[0] = step;
      },
    };
  }

  save(wanted = (_: string) => true): ReadonlyMap<string, SavedTensor> {
    const kept = [...this.#blocks].filter(([name]) => wanted(name));
    return new Map(kept.map(([name, { shape, view }]) => [name, { shape, data: view().slice() }]));
  }

  load(tensors: ReadonlyMap<string, SavedTensor>): void {
    checkSaved(tensors, (name) => this.#blocks.get(name)?.shape);
    for (const [name, tensor] of tensors) {
      const block = this.#blocks.get(name);
      if (!block) this.#pending.set(name, tensor);
      else block.view().set(tensor.data);
    }
  }

  #create(name: string, shape: readonly number[], init: (into: Float32Array) => Float32Array | null) {
    const block = { ...this.arena.allocate(sizeOf(shape)), shape };
    const saved = this.#pending.get(name);
    if (saved) block.view().set(savedData(name, shape, saved));
    else {
      const into = block.view(), start = init(into);
      if (start && start !== into) into.set(start);
    }
    this.#pending.delete(name);
    this.#blocks.set(name, block);
    return block;
  }
}
