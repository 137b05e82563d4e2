import type { Program } from "./runtime.ts";

/** The programs of a runtime that were not disposed of. */
export interface OpenPrograms {
  /**
   * The program as others are to have it: disposed of once, whoever asks for it how often, and refusing to run from then
   * on. onnxruntime gives the number of a session that was released to the next one, whose a late call would be.
   */
  opened<K extends string>(program: Program<K>): Program<K>;
  /** Disposes of all. */
  dispose(): Promise<void>;
}

/** None as yet. */
export function openPrograms(): OpenPrograms {
  const open = new Set<() => Promise<void>>();
  return {
    opened({ inputs, start, run, dispose }) {
      let disposed: Promise<void> | undefined;
      const refused = () => Promise.reject(new TypeError("Cannot run: the program was disposed of"));
      const once = () => {
        open.delete(once);
        return disposed ??= dispose();
      };
      open.add(once);
      return {
        inputs,
        start: (feeds) => disposed ? refused() : start(feeds),
        run: (feeds) => disposed ? refused() : run(feeds),
        dispose: once,
      };
    },
    async dispose() {
      await Promise.all(Array.from(open, (dispose) => dispose()));
    },
  };
}
