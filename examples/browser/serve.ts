/**
 * Bundles the page and serves it on this machine: `deno run -A examples/browser/serve.ts [port]`. What lies in the folder
 * that `bundle` writes can be served by any host of static files.
 */
import "../../mod.ts"; // which imports onnxruntime-web: of what no program imports, Deno resolves no file

const HERE = new URL("./", import.meta.url), ROOT = new URL("../../", HERE);
/** The builds of onnxruntime-web's WASM that browsers with and without JSPI take. */
const WASM = ["ort-wasm-simd-threaded.jspi.wasm", "ort-wasm-simd-threaded.asyncify.wasm"];

/** Writes all that the page takes into a folder. @throws Error with what the bundler said, where it fails. */
export async function bundle(folder: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...[
        "bundle",
        "--quiet",
        "--no-lock",
        "--platform",
        "browser",
        "--minify",
        "--code-splitting",
        "--outdir",
        folder,
      ],
      ...["page.ts", "trainer.ts"].map((name) => new URL(name, HERE).pathname),
    ],
  }).output();
  if (!success) throw new Error(`Cannot bundle the page: ${new TextDecoder().decode(stderr)}`);
  await Deno.copyFile(new URL("index.html", HERE), `${folder}/index.html`);
  const runtime = import.meta.resolve("npm:onnxruntime-web@1.30.0/jspi");
  for (const name of WASM) await Deno.copyFile(new URL(name, runtime), `${folder}/${name}`);
  await Deno.mkdir(`${folder}/synthetic`, { recursive: true });
  for (const name of ["train.txt", "valid.txt", "test.txt", "affinity.json"]) {
    await Deno.copyFile(new URL(`fixtures/synthetic/${name}`, ROOT), `${folder}/synthetic/${name}`);
  }
}

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript",
  wasm: "application/wasm",
};

/** Answers with the files of a folder. */
export const filesOf = (folder: string) => async ({ url }: Request): Promise<Response> => {
  const { pathname } = new URL(url), name = pathname === "/" ? "/index.html" : pathname; // without any ".."
  try {
    const type = types[name.split(".").at(-1)!] ?? "text/plain", file = await Deno.open(`${folder}${name}`);
    return new Response(file.readable, { headers: { "content-type": type } });
  } catch {
    return new Response("Not found", { status: 404 });
  }
};

if (import.meta.main) {
  const folder = await Deno.makeTempDir({ prefix: "foil-page" });
  await bundle(folder);
  Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.args[0] ?? 8000) }, filesOf(folder));
}
