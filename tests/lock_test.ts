import assert from "node:assert/strict";

Deno.test("nobody who does not ask for onnxruntime-node, DuckDB, usearch, BullMQ or Vega downloads them: deno.lock does not name them", async () => {
  // What a lock file names is downloaded by every run. Tests write tests/deno.lock in its place (CONTRIBUTING.md).
  const { npm } = JSON.parse(await Deno.readTextFile(new URL("../deno.lock", import.meta.url)));
  assert.deepEqual(
    Object.keys(npm).filter((name) =>
      /^(onnxruntime-node|@duckdb\/|usearch|hyparquet-writer|bullmq|ioredis|msgpackr|vega)/.test(name)
    ),
    [],
  );
  assert.ok(Object.keys(npm).some((name) => name.startsWith("onnxruntime-web@")));
});
