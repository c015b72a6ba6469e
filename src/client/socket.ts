/** The WebSocket of this platform. */
import { AffektError } from "../core/errors.ts";
import type { ClientOptions, OpenSocket, SocketLike } from "./types.ts";

type SocketClass = new (url: string, protocols: string[]) => SocketLike;

/** Browsers have one, and Node from 22 on; before, `ws` is one. */
const openDefault: OpenSocket = async (url, protocols) => {
  const own = (globalThis as { WebSocket?: SocketClass }).WebSocket;
  const Socket = own ?? ((await import("ws")).WebSocket as unknown as SocketClass);
  return new Socket(url, [...protocols]);
};

/**
 * Connects to `/v1/stream`. The key goes as a protocol: browsers can send it in no header.
 *
 * @throws AffektError `unavailable` if there is no connection; a wrong key looks the same to a browser
 */
export async function connect({ url, key, openSocket = openDefault }: ClientOptions): Promise<SocketLike> {
  const address = `${url.replace(/^http/u, "ws").replace(/\/+$/u, "")}/v1/stream`;
  const protocols = ["affekt", ...(key === undefined ? [] : [`affekt-key.${key}`])];
  const socket = await openSocket(address, protocols);
  socket.binaryType = "arraybuffer";
  await new Promise<void>((resolve, reject) => {
    const failed = (): void =>
      reject(new AffektError("unavailable", `No stream could be opened at ${address}.`, "Check address and key."));
    socket.onopen = () => resolve();
    socket.onerror = failed;
    socket.onclose = failed;
  });
  return socket;
}
