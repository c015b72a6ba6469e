/**
 * The `Runtime` port on onnxruntime-web: WebAssembly with SIMD, one thread. The shipped networks are small: a frame of a
 * camera takes about 20 ms, so that a second thread, which needs an isolated page and waits by spinning, took more of two
 * cores than it gave back (11 frames a second instead of 15 beside other work). The WebGPU back end would hand the text
 * networks, whose tables are in whole numbers, back to the processor operator by operator.
 */
import * as ort from "onnxruntime-web/wasm";
import { AffektError } from "../../core/errors.ts";
import type { Runtime, Session, SessionOptions } from "../../core/ports.ts";
import type { DataType, Tensor } from "../../core/tensor.ts";

function modelError(what: string, cause: unknown): AffektError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new AffektError("model", `${what}: ${detail}`, "Load the page again; if that does not help, report it.", {
    cause,
  });
}

/** @param wasm address of the runtime's WebAssembly file */
export function webRuntime(wasm: string): Runtime {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = { wasm };
  ort.env.logLevel = "error";
  return {
    name: `onnxruntime-web ${ort.env.versions.web ?? ""}`.trim(),
    async open(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
      let session: ort.InferenceSession;
      try {
        session = await ort.InferenceSession.create(model, {
          executionProviders: ["wasm"],
          graphOptimizationLevel: options.optimization ?? "all",
          enableMemPattern: options.memoryPattern ?? true,
        });
      } catch (cause) {
        throw modelError(`The network runtime could not open the model (${model.length} bytes)`, cause);
      }
      return {
        inputs: session.inputNames,
        outputs: session.outputNames,
        async run(feeds, into) {
          const inputs: Record<string, ort.Tensor> = {};
          for (const [name, { type, data, dims }] of Object.entries(feeds)) {
            inputs[name] = new ort.Tensor(type, data as never, dims);
          }
          let results: ort.InferenceSession.OnnxValueMapType;
          try {
            results = await (into === undefined ? session.run(inputs) : session.run(inputs, Object.keys(into)));
          } catch (cause) {
            throw modelError("The network runtime refused a run", cause);
          }
          const out: Record<string, Tensor> = {};
          for (const [name, value] of Object.entries(results)) {
            const { type, dims, data } = value as ort.Tensor;
            out[name] = { type: type as DataType, dims, data } as Tensor;
          }
          return out;
        },
        release: () => session.release(),
      };
    },
  };
}
