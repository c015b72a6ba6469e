/** Runs on the sound thread: gathers what the microphone hears into pieces of a tenth of a second. */

/** As far as it is used here; TypeScript's types of pages do not hold those of sound threads. */
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
declare const sampleRate: number;

class Microphone extends AudioWorkletProcessor {
  private held = new Float32Array(Math.round(sampleRate / 10));
  private filled = 0;

  process([input]: readonly (readonly Float32Array[])[]): boolean {
    const [channel] = input ?? [];
    if (channel === undefined) return true;
    for (let at = 0; at < channel.length; ) {
      const part = channel.subarray(at, at + this.held.length - this.filled);
      this.held.set(part, this.filled);
      at += part.length;
      this.filled += part.length;
      if (this.filled === this.held.length) {
        const full = this.held;
        this.held = new Float32Array(full.length);
        this.filled = 0;
        this.port.postMessage(full, [full.buffer]);
      }
    }
    return true;
  }
}

registerProcessor("affekt-microphone", Microphone);
