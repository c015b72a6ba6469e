/**
 * Smaller weights in a model file: float16, or int8 with one scale per output unit. They are widened to float32 when
 * the model is opened (a table, when its rows are read), so that the arithmetic stays the same everywhere.
 */
import { float16Bits } from "../core/float16.ts";
import { ONNX_TYPES, type OnnxModel, type OnnxNode, type OnnxTensor, rawBytes } from "./onnx.ts";

export type Precision = "float32" | "float16" | "int8";

/** Smaller arrays (biases, norms) stay as they are. */
const SMALLEST = 1024;

/** The axis along which the output units of an operator lie: each gets a scale of its own. */
function unitAxis(op: string, rank: number): number {
  if (op === "Conv" || op === "Gather") return 0;
  if (op === "LSTM" || op === "GRU") return 1;
  return rank - 1;
}

function toInt8(
  data: Float32Array,
  dims: readonly number[],
  axis: number,
): { values: Int8Array; scales: Float32Array } {
  const units = dims[axis] as number;
  const inner = dims.slice(axis + 1).reduce((a, b) => a * b, 1);
  const scales = new Float32Array(units);
  for (let i = 0; i < data.length; i++) {
    const unit = Math.floor(i / inner) % units;
    scales[unit] = Math.max(scales[unit] as number, Math.abs(data[i] as number));
  }
  for (let unit = 0; unit < units; unit++) scales[unit] = (scales[unit] as number) / 127 || 1;
  const values = new Int8Array(data.length);
  for (let i = 0; i < data.length; i++) {
    values[i] = Math.round((data[i] as number) / (scales[Math.floor(i / inner) % units] as number));
  }
  return { values, scales };
}

const floatType = { to: { int: ONNX_TYPES.float32 } };

/** The same model with its large weights stored in fewer bits. */
export function quantize(model: OnnxModel, precision: Precision): OnnxModel {
  if (precision === "float32") return model;
  const initializers: OnnxTensor[] = [];
  const before: OnnxNode[] = [];
  const replaced = new Map<OnnxNode, OnnxNode[]>();
  for (const tensor of model.initializers) {
    const count = tensor.bytes.length / 4;
    const users = model.nodes.filter((node) => node.inputs.includes(tensor.name));
    const [user] = users;
    if (tensor.type !== "float32" || count < SMALLEST || tensor.dims.length < 2 || user === undefined) {
      initializers.push(tensor);
      continue;
    }
    const { name, dims } = tensor;
    const data = new Float32Array(new Uint8Array(tensor.bytes).buffer);
    const stored = `${name} ${precision}`;
    const isTable = users.every((node) => node.op === "Gather" && node.inputs[0] === name);
    const halves = () => rawBytes(Uint16Array.from(data, float16Bits));
    const small = precision === "int8" ? toInt8(data, dims, unitAxis(user.op, dims.length)) : undefined;
    initializers.push({
      name: stored,
      type: small ? "int8" : "float16",
      dims,
      bytes: small ? rawBytes(small.values) : halves(),
    });
    const scales = `${name} scales`;
    if (small) {
      const axis = unitAxis(user.op, dims.length);
      const wide = dims.map((dim, at) => (at === axis ? dim : 1));
      initializers.push({ name: scales, type: "float32", dims: wide, bytes: rawBytes(small.scales) });
    }
    if (isTable) {
      for (const node of users) {
        const [output = ""] = node.outputs;
        const ids = node.inputs[1] as string;
        const rows = `${output} rows`;
        const widened = `${output} widened`;
        const nodes: OnnxNode[] = [
          { ...node, inputs: [stored, ids], outputs: [rows] },
          { op: "Cast", inputs: [rows], outputs: [small ? widened : output], attributes: floatType },
        ];
        if (small) {
          const rowScales = `${output} scales`;
          nodes.push(
            { ...node, inputs: [scales, ids], outputs: [rowScales] },
            { op: "Mul", inputs: [widened, rowScales], outputs: [output] },
          );
        }
        replaced.set(node, nodes);
      }
      continue;
    }
    const widened = `${name} widened`;
    before.push({ op: "Cast", inputs: [stored], outputs: [small ? widened : name], attributes: floatType });
    if (small) before.push({ op: "Mul", inputs: [widened, scales], outputs: [name] });
  }
  const nodes = [...before, ...model.nodes.flatMap((node) => replaced.get(node) ?? [node])];
  return { ...model, nodes, initializers };
}
