import proto from "npm:onnx-proto@8.0.1";

/**
 * The ONNX schema in protobuf. `graphs/encode.ts` and `graphs/decode.ts` are the only users; the package has a default
 * export alone, hence this file.
 */
export const { onnx } = proto;
