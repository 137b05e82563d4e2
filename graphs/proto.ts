import proto from "npm:onnx-proto@8.0.1";

/** The ONNX schema in protobuf. The package has a default export alone, hence this file. */
export const { onnx } = proto;
