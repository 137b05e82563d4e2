import assert from "node:assert/strict";
import { openCrew } from "../../cli/crew.ts";
import { openOutput } from "../../cli/output.ts";
import { autoProvider } from "../../runtime/auto_provider.ts";

const program = new URL("./auto_thread.ts", import.meta.url);
const output = openOutput({ json: false, quiet: true });
const { signal } = new AbortController();
const auto = await autoProvider();

Deno.test({
  name: "threads are told what auto is: none of them loads a GPU's driver to ask for itself",
  ignore: auto.provider === "webgpu", // they need the adapter then
  async fn() {
    const crew = openCrew<null, string>(program, output);
    try {
      const ended = await Promise.all([crew.run(null, "auto", signal), crew.run(null, "auto", signal)]);
      assert.deepEqual(ended, Array(2).fill({ kind: "done", found: auto.reason }));
    } finally {
      await crew.dispose();
    }
  },
});

Deno.test("what is not said is asked by the thread: the test above can fail", async () => {
  const crew = openCrew<null, string>(program, output);
  try {
    const ended = await crew.run(null, "wasm", signal);
    assert.deepEqual(ended, { kind: "failed", error: "a thread asked for an adapter", unsuited: false });
  } finally {
    await crew.dispose();
  }
});
