/** What goes over the socket of a stream, checked as it comes in. The OpenAPI document shows these schemas. */
import { z } from "zod";
import { ERROR_CODES } from "../../core/errors.ts";
import { MODALITIES } from "../../core/modality.ts";
import { STREAM_RANGES } from "../../recognize/stream/options.ts";
import { Identifier } from "../identifier.ts";
import { Alert, Columns, Face, PredictionReply, Scores, Share } from "../prediction-schema.ts";
import { Problem } from "../problem.ts";
import { scenarioFields } from "../scenarios.ts";

const Speaker = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u)
  .optional()
  .meta({ description: 'Whose microphone, camera or words; default "1". At most eight.' });
/** A century: beyond it numbers lose their milliseconds. */
const Time = z.number().min(0).max(3.2e12).meta({ description: "Milliseconds since the stream began." });
const within = ([least, most]: readonly [number, number]) => z.number().min(least).max(most).optional();

export const OpenMessage = z
  .strictObject({
    type: z.literal("open"),
    modalities: z.array(z.enum(MODALITIES)).min(1).max(MODALITIES.length).optional(),
    labels: z
      .array(z.string().max(100))
      .min(1)
      .max(50)
      .optional()
      .meta({ description: "Labels to answer with; all others are added up as `other`." }),
    ...scenarioFields,
    language: z.enum(["en", "zh"]).optional().meta({ description: "Of the texts. Default: told from each." }),
    fps: within(STREAM_RANGES.fps).meta({ description: "Frames looked at per second. Default 5." }),
    pauseMs: within(STREAM_RANGES.pauseMs).meta({ description: "Silence that ends an utterance. Default 400." }),
    mostMs: within(STREAM_RANGES.mostMs).meta({ description: "Longer utterances are cut. Default 15,000." }),
    partialMs: within(STREAM_RANGES.partialMs).meta({ description: "From partial to partial; 0: none. Default 500." }),
    smoothMs: within(STREAM_RANGES.smoothMs).meta({ description: "Half-life of `smoothed`. Default 10,000." }),
    subject: Identifier.optional().meta({ description: "Pseudonym under which results are kept." }),
    subjects: z.record(z.string().max(64), Identifier).optional().meta({ description: "The same, by speaker." }),
    session: Identifier.optional().meta({ description: "What belongs together. Default: the stream itself." }),
    keep: z.boolean().default(true).meta({ description: "Whether results may be kept. Media and texts never are." }),
  })
  .meta({ id: "StreamOpen" });
export type OpenMessage = z.infer<typeof OpenMessage>;

const ResumeMessage = z.strictObject({
  type: z.literal("resume"),
  stream: z.uuid(),
  after: z.int().nonnegative().meta({ description: "`seq` of the last event that arrived; 0: none." }),
});

const textMessage = (characters: number) =>
  z.strictObject({
    type: z.literal("text"),
    text: z.string().max(characters),
    speaker: Speaker,
    startMs: Time.optional(),
    endMs: Time.optional(),
  });

export function clientMessage(textCharacters: number) {
  return z
    .discriminatedUnion("type", [
      OpenMessage,
      ResumeMessage,
      textMessage(textCharacters),
      z.strictObject({ type: z.literal("finish") }).meta({ description: "Say the last results and close." }),
      z.strictObject({ type: z.literal("ping") }),
    ])
    .meta({ id: "StreamRequest" });
}
export type ClientMessage = z.infer<ReturnType<typeof clientMessage>>;

/** Header of a binary message; the media follow it. */
export const BinaryHeader = z
  .discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("sound"),
      encoding: z
        .enum(["pcm16", "float32", "opus"])
        .default("pcm16")
        .meta({ description: "Mono, little-endian; or Opus in Ogg or WebM, as one stream from its header on." }),
      sampleRate: z.int().min(1_000).max(192_000).default(16_000),
      speaker: Speaker,
      timeMs: Time.optional(),
    }),
    z.strictObject({ type: z.literal("frame"), speaker: Speaker, timeMs: Time }),
  ])
  .meta({
    id: "StreamBinaryHeader",
    description: "JSON of a binary message: its length as 4 bytes, little-endian, then itself, then the media.",
  });
export type BinaryHeader = z.infer<typeof BinaryHeader>;

const Utterance = {
  utterance: z.int().meta({ description: "Partials and the final of one utterance share it." }),
  revision: z.int().meta({ description: "Higher where a text came after the final. The newest counts." }),
  speaker: z.string(),
  startMs: z.number(),
  endMs: z.number(),
  smoothed: Scores,
};
const seq = z.int().meta({ description: "Counts lasting events; name the last one when resuming." });
const GuessedPrediction = PredictionReply.omit({ id: true, createdAt: true, subject: true, session: true });

/** What the service says. */
export const ServerMessage = z
  .discriminatedUnion("type", [
    z.object({
      type: z.literal("opened"),
      stream: z.uuid(),
      modalities: z.array(z.enum(MODALITIES)),
      heartbeatMs: z.number(),
      resumeMs: z.number().meta({ description: "How long a dropped stream waits." }),
    }),
    z.object({
      type: z.literal("resumed"),
      stream: z.uuid(),
      missed: z.boolean().meta({ description: "Whether events after `after` are no longer there." }),
    }),
    z.object({ type: z.literal("partial"), ...Utterance, prediction: GuessedPrediction }),
    z.object({ type: z.literal("final"), seq, ...Utterance, prediction: PredictionReply }),
    z.object({
      type: z.literal("faces"),
      speaker: z.string(),
      timeMs: z.number(),
      faces: z.array(Face.omit({ timeMs: true }).extend({ track: z.int(), quality: Share, smoothed: Scores })),
    }),
    z.object({
      type: z.literal("segment"),
      seq,
      modality: z.literal("face"),
      speaker: z.string(),
      track: z.int(),
      startMs: z.number(),
      endMs: z.number(),
      label: z.string(),
      confidence: Share,
      scores: Scores,
      columns: Columns.optional(),
    }),
    Alert.extend({
      type: z.literal("alert"),
      seq,
      scenario: z.string(),
      speaker: z.string(),
      track: z.int().optional().meta({ description: "Of the face that it is about." }),
      utterance: z.int().optional().meta({ description: "Whose final raised it." }),
    }),
    z.object({ type: z.literal("voice"), speaker: z.string(), speaking: z.boolean(), timeMs: z.number() }),
    z.object({
      type: z.literal("dropped"),
      what: z.enum(["audio", "frame", "text"]),
      why: z.enum(["busy", "late"]),
      amount: z.number(),
    }),
    z.object({ type: z.literal("error"), code: z.enum(ERROR_CODES), message: z.string(), hint: z.string() }),
    z.object({ type: z.literal("problem"), problem: Problem }),
    z.object({ type: z.literal("finished") }),
    z.object({ type: z.literal("pong") }),
  ])
  .meta({ id: "StreamEvent" });
export type ServerMessage = z.infer<typeof ServerMessage>;
