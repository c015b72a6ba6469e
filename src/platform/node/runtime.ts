/** The `Runtime` port on onnxruntime-node: native threads, outputs written in place. */
import * as ort from "onnxruntime-node";
import { AffektError } from "../../core/errors.ts";
import type { Runtime, Session, SessionOptions } from "../../core/ports.ts";
import type { DataType, Tensor } from "../../core/tensor.ts";

const SILENT = 3;

/** One ort tensor per tensor of ours, so that a training loop allocates none per step. */
const wrapped = new WeakMap<Tensor, ort.Tensor>();

function toOrt(tensor: Tensor): ort.Tensor {
  let outside = wrapped.get(tensor);
  if (outside === undefined) {
    outside = new ort.Tensor(tensor.type, tensor.data as never, tensor.dims);
    wrapped.set(tensor, outside);
  }
  return outside;
}

function modelError(what: string, cause: unknown): AffektError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new AffektError(
    "model",
    `${what}: ${detail}`,
    "Check that the file is a complete ONNX model and that the inputs have the shapes it names.",
    { cause },
  );
}

export function nodeRuntime(): Runtime {
  return {
    name: `onnxruntime-node ${ort.env.versions.node ?? ""}`.trim(),
    async open(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
      let session: ort.InferenceSession;
      try {
        session = await ort.InferenceSession.create(model, {
          intraOpNumThreads: options.threads ?? 1,
          interOpNumThreads: 1,
          executionMode: "sequential",
          graphOptimizationLevel: options.optimization ?? "all",
          enableMemPattern: options.memoryPattern ?? true,
          logSeverityLevel: SILENT,
        });
      } catch (cause) {
        throw modelError(`The network runtime could not open the model (${model.length} bytes)`, cause);
      }
      return {
        inputs: session.inputNames,
        outputs: session.outputNames,
        async run(feeds, into) {
          const inputs: Record<string, ort.Tensor> = {};
          for (const [name, tensor] of Object.entries(feeds)) inputs[name] = toOrt(tensor);
          let results: ort.InferenceSession.OnnxValueMapType;
          try {
            if (into === undefined) {
              results = await session.run(inputs);
            } else {
              const fetches: Record<string, ort.Tensor | null> = {};
              for (const [name, tensor] of Object.entries(into)) fetches[name] = tensor === null ? null : toOrt(tensor);
              results = await session.run(inputs, fetches);
            }
          } catch (cause) {
            throw modelError("The network runtime refused a run", cause);
          }
          const out: Record<string, Tensor> = {};
          for (const [name, value] of Object.entries(results)) {
            const preallocated = into?.[name];
            out[name] =
              preallocated ??
              ({ type: value.type as DataType, dims: value.dims, data: (value as ort.Tensor).data } as Tensor);
          }
          return out;
        },
        release: () => session.release(),
      };
    },
  };
}
