/** The addresses of streams: the socket, the list, and what a follower reads. */
import websocket from "@fastify/websocket";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { AffektError } from "../../core/errors.ts";
import { MODALITIES } from "../../core/modality.ts";
import type { Access } from "../access.ts";
import { type Caller, type Endpoint, endpoint, ok } from "../endpoint.ts";
import { validate } from "../validate.ts";
import { follow } from "./follow.ts";
import type { Hub } from "./hub.ts";
import type { StreamLimits } from "./limits.ts";
import { BinaryHeader, clientMessage, ServerMessage } from "./messages.ts";
import { messageReader } from "./read-message.ts";
import { serveSocket } from "./socket.ts";

/** What the server mounts besides plain endpoints. */
export interface StreamRoutes {
  /** With those that `mount` answers, for the OpenAPI document. */
  readonly endpoints: readonly Endpoint[];
  mount(app: FastifyInstance): Promise<void>;
}

/** Browsers cannot send a key in a header of a socket, but in the list of protocols. */
const PROTOCOL = "affekt";
const KEY_PROTOCOL = /^affekt-key\.(\S+)$/u;

const LiveStreams = z.object({
  streams: z.array(
    z
      .object({
        id: z.string(),
        openedAt: z.iso.datetime(),
        modalities: z.array(z.enum(MODALITIES)),
        connected: z.boolean().meta({ description: "Whether its client is connected." }),
        followers: z.int(),
      })
      .meta({ id: "LiveStream" }),
  ),
});

const Params = z.strictObject({ id: z.uuid() });
const LastEventId = z.coerce.number().int().nonnegative().catch(0);

function keyFromProtocols(request: FastifyRequest): void {
  const { headers } = request;
  if (headers.authorization !== undefined) return;
  const offered = String(headers["sec-websocket-protocol"] ?? "").split(",");
  const key = offered.map((one) => KEY_PROTOCOL.exec(one.trim())?.[1]).find((one) => one !== undefined);
  if (key !== undefined) headers.authorization = `Bearer ${key}`;
}

export function streamRoutes(hub: Hub, limits: StreamLimits, access: Access): StreamRoutes {
  const reader = messageReader(limits.textCharacters);
  const callers = new WeakMap<FastifyRequest, Caller>();
  const callerOf = (request: FastifyRequest): Caller => callers.get(request) ?? { owner: "nobody", scopes: [] };

  const unreachable = (): never => {
    throw new AffektError("internal", "This endpoint is answered elsewhere.", "Report it.");
  };

  return {
    endpoints: [
      endpoint(
        {
          method: "GET",
          path: "/v1/streams",
          summary: "List the streams that are open",
          scope: "read",
          replies: { 200: { says: "The owner's streams.", schema: LiveStreams } },
          fails: [],
        },
        ({ caller }) =>
          ok({
            streams: hub.of(caller.owner).map((stream) => ({
              id: stream.id,
              openedAt: stream.openedAt.toISOString(),
              modalities: stream.modalities,
              connected: stream.isAttached(),
              followers: stream.followers(),
            })),
          }),
      ),
      endpoint(
        {
          method: "GET",
          elsewhere: true,
          path: "/v1/stream",
          summary: "Recognize along a stream, over a WebSocket",
          description:
            "The first message is `open` or `resume`. Text messages are JSON; binary messages carry sound and " +
            "frames behind a header. Browsers name the key as the protocol `affekt-key.KEY` beside `affekt`.",
          scope: "recognize",
          replies: {
            101: {
              says: "The connection is a WebSocket now: what its client sends, in text and before media, and reads.",
              schema: z.object({
                request: clientMessage(limits.textCharacters),
                header: BinaryHeader,
                event: ServerMessage,
              }),
            },
          },
          fails: ["input", "unavailable"],
        },
        unreachable,
      ),
      endpoint(
        {
          method: "GET",
          elsewhere: true,
          path: "/v1/streams/{id}/events",
          summary: "Follow a stream, as server-sent events",
          description: "The same events as on the socket. With `Last-Event-ID`, lasting ones since then come first.",
          scope: "read",
          params: Params,
          replies: { 200: { says: "One event per `data` field.", type: "text/event-stream" } },
          fails: ["input", "not-found", "busy"],
        },
        unreachable,
      ),
    ],
    async mount(app) {
      await app.register(websocket, {
        options: {
          maxPayload: limits.messageBytes,
          handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
        },
      });
      app.route({
        method: "GET",
        url: "/v1/stream",
        async onRequest(request) {
          keyFromProtocols(request);
          callers.set(request, await access(request, "recognize"));
        },
        handler() {
          throw new AffektError("input", "This address is a WebSocket.", "Connect to it with ws:// or wss://.");
        },
        wsHandler(socket, request) {
          serveSocket(socket, {
            caller: callerOf(request),
            hub,
            limits,
            reader,
            requestId: request.id,
            recheck: () => access(request, "recognize"),
          });
        },
      });
      app.route({
        method: "GET",
        url: "/v1/streams/:id/events",
        async onRequest(request) {
          callers.set(request, await access(request, "read"));
        },
        handler(request, reply) {
          const { id } = validate(Params, request.params, "path");
          const stream = hub.find(callerOf(request).owner, id);
          const after = LastEventId.parse(request.headers["last-event-id"] ?? 0);
          for (const [name, value] of Object.entries(reply.getHeaders())) {
            if (value !== undefined) reply.raw.setHeader(name, value);
          }
          follow(stream, reply.raw, limits, after);
          reply.hijack();
        },
      });
    },
  };
}
