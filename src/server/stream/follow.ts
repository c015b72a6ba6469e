/** Server-sent events: somebody reads a stream along. */
import type { ServerResponse } from "node:http";
import { AffektError } from "../../core/errors.ts";
import type { StreamLimits } from "./limits.ts";
import type { LiveStream, Outlet } from "./live-stream.ts";

/**
 * Writes the stream's events until it ends or the reader goes away.
 *
 * @param after `seq` of the last event that the reader has (Last-Event-ID)
 * @throws AffektError `busy` if too many follow already
 */
export function follow(stream: LiveStream, response: ServerResponse, limits: StreamLimits, after: number): void {
  if (stream.followers() >= limits.followers) {
    throw new AffektError("busy", `${limits.followers} follow this stream already.`, "Try again a little later.");
  }
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" });
  const outlet: Outlet = {
    send(message, { passing, seq }) {
      if (passing && response.writableLength > limits.passingBytes) return;
      if (response.writableLength > limits.unreadBytes) response.destroy();
      else response.write(`${seq === undefined ? "" : `id: ${seq}\n`}data: ${message}\n\n`);
    },
    hold() {},
    end: () => void response.end(),
  };
  const heartbeat = setInterval(() => void response.write(":\n\n"), limits.heartbeatMs);
  response.once("close", () => {
    clearInterval(heartbeat);
    stream.unfollow(outlet);
  });
  response.write("retry: 2000\n\n");
  stream.follow(outlet, after);
}
