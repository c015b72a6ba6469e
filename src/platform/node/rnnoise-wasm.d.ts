/** What is used here of a package that brings no types: an Emscripten module around RNNoise. */
declare module "@echogarden/rnnoise-wasm" {
  interface RnnoiseModule {
    readonly HEAPF32: Float32Array;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    /** 0 takes the model inside. */
    _rnnoise_create(model: number): number;
    _rnnoise_destroy(state: number): void;
    /** 480 floats each; returns the probability of voice. */
    _rnnoise_process_frame(state: number, output: number, input: number): number;
  }
  export default function create(): Promise<RnnoiseModule>;
}
