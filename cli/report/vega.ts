import type { Spec } from "../../reports/chart.ts";
import type { VegaBundle } from "../../reports/page.ts";
import { readText } from "../files.ts";

// Vega: some 40 packages, fetched when a report is first asked for. Its name is put together at run time, or Deno would fetch
// it with the commands.
const VERSION = "6.4.0", PACKAGE = ["npm:vega", VERSION].join("@");

/** As much of Vega as is used here. */
interface Vega {
  parse(spec: Spec): unknown;
  /** Names of what a drawing refers to begin anew. */
  resetSVGDefIds(): void;
  readonly View: new (runtime: unknown, options: { readonly renderer: "none" }) => { toSVG(): Promise<string> };
}

/** What draws charts without a browser, and what draws them in one. */
export interface Drawing {
  /** An SVG element. */
  draw(spec: Spec): Promise<string>;
  readonly bundle: VegaBundle;
}

/** @throws Error where the package cannot be had. */
export async function openVega(): Promise<Drawing> {
  const vega = await load(), at = import.meta.resolve(PACKAGE);
  const file = (path: string) => readText(decodeURIComponent(new URL(path, at).pathname), "a part of Vega");
  return {
    async draw(spec) {
      const view = new vega.View(vega.parse(spec), { renderer: "none" });
      vega.resetSVGDefIds(); // the same drawing of the same chart, whatever was drawn before
      return await view.toSVG();
    },
    bundle: { version: VERSION, code: await file("vega.min.js"), licence: await file("../LICENSE") },
  };
}

async function load(): Promise<Vega> {
  try {
    return await import(PACKAGE);
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : `${error}`;
    throw new Error(`Cannot draw: "${PACKAGE}" cannot be loaded (${why}); it takes a network the first time`, {
      cause: error,
    });
  }
}
