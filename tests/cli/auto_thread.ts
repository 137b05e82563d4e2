import { serveCrew } from "../../cli/crew_thread.ts";
import { openRuntime } from "../../runtime/providers.ts";

Object.defineProperty(navigator, "gpu", {
  value: { requestAdapter: () => Promise.reject(new Error("a thread asked for an adapter")) },
});

/** Opens what `auto` is, where no adapter can be had. */
serveCrew<null, string>(async () => {
  const runtime = await openRuntime({ provider: "auto" });
  await runtime.dispose();
  return runtime.reason;
});
