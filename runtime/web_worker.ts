/** The web's workers: onnxruntime-web puts Node's in their place when it opens a session in Deno. */
export const WebWorker = globalThis.Worker;
