/** A client of `/v1/stream` for tests: sends anything, right or wrong, and remembers all that comes. */
import WebSocket from "ws";

// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
type Message = any;

export interface StreamClient {
  readonly messages: Message[];
  readonly socket: WebSocket;
  of(type: string): Message[];
  json(message: unknown): void;
  media(header: unknown, bytes: Uint8Array): void;
  /** Waits for the first message that fits, of those that have come and will. */
  until(fits: (message: Message) => boolean, timeoutMs?: number): Promise<Message>;
  closed: Promise<{ code: number; reason: string }>;
}

export function binaryMessage(header: unknown, bytes: Uint8Array): Uint8Array {
  const head = new TextEncoder().encode(JSON.stringify(header));
  const message = new Uint8Array(4 + head.length + bytes.length);
  new DataView(message.buffer).setUint32(0, head.length, true);
  message.set(head, 4);
  message.set(bytes, 4 + head.length);
  return message;
}

export function pcm16(samples: Float32Array): Uint8Array {
  return new Uint8Array(Int16Array.from(samples, (value) => Math.round(value * 32_767)).buffer);
}

/** @param url of the service @throws the HTTP status if the connection is refused */
export async function streamClient(
  url: string,
  options: { headers?: Record<string, string>; protocols?: string[] } = {},
): Promise<StreamClient> {
  const { headers = {}, protocols = [] } = options;
  const socket = new WebSocket(`${url.replace("http", "ws")}/v1/stream`, protocols, { headers });
  const messages: Message[] = [];
  const waiting = new Set<(message: Message) => void>();
  socket.on("message", (data) => {
    const message = JSON.parse(String(data));
    messages.push(message);
    for (const look of waiting) look(message);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on("close", (code, reason) => resolve({ code, reason: String(reason) }));
  });
  await new Promise<void>((resolve, reject) => {
    socket.on("open", resolve);
    socket.on("unexpected-response", (_request, response) => reject(new Error(`status ${response.statusCode}`)));
    socket.on("error", reject);
  });
  return {
    messages,
    socket,
    closed,
    of: (type) => messages.filter((message) => message.type === type),
    json: (message) => socket.send(JSON.stringify(message)),
    media: (header, bytes) => socket.send(binaryMessage(header, bytes)),
    until(fits, timeoutMs = 60_000) {
      return new Promise((resolve, reject) => {
        const earlier = messages.find(fits);
        if (earlier !== undefined) return resolve(earlier);
        // At the new one only: to look through all again for each of ten thousand takes minutes.
        const look = (message: Message): void => {
          if (!fits(message)) return;
          waiting.delete(look);
          clearTimeout(timer);
          resolve(message);
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`nothing that fits came: ${JSON.stringify(messages.slice(-5))}`));
        }, timeoutMs);
        waiting.add(look);
      });
    },
  };
}
