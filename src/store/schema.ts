/**
 * The tables, for PostgreSQL and for PostgreSQL inside the process (PGlite) alike. No table holds media or texts,
 * but for what a job still has to recognize, sealed.
 * `npm run migrations` writes the SQL of a change into `migrations/`.
 *
 * An owner is a customer, a team or a program, with keys of its own; nobody is shown another owner's rows. A subject is a pseudonym
 * of a person that the owner made up.
 */
import { sql } from "drizzle-orm";
import {
  boolean,
  customType,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  real,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";

/** To the millisecond, as JavaScript's dates, so that a date read back is the one that was written. */
const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: "date" });

export const subjects = pgTable(
  "subjects",
  { owner: text().notNull(), id: text().notNull(), firstSeen: moment("first_seen").notNull() },
  (table) => [primaryKey({ columns: [table.owner, table.id] })],
);

/** What belongs together: a call, a lesson, a chat. */
export const sessions = pgTable(
  "sessions",
  {
    owner: text().notNull(),
    id: text().notNull(),
    subject: text(),
    startedAt: moment("started_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.owner, table.id] }),
    index("sessions_subject").on(table.owner, table.subject),
  ],
);

export const predictions = pgTable(
  "predictions",
  {
    id: uuid().primaryKey(),
    owner: text().notNull(),
    createdAt: moment("created_at").notNull(),
    subject: text(),
    session: text(),
    /** null: abstained. */
    label: text(),
    confidence: real().notNull(),
    /** The whole answer, as it was given. */
    prediction: jsonb().notNull(),
    /** Use case whose rules applied. */
    scenario: text(),
    /** Those rules keep it no longer; null: as long as the service keeps everything. */
    keepUntil: moment("keep_until"),
  },
  (table) => [
    index("predictions_scenario").on(table.owner, table.scenario),
    index("predictions_until").on(table.keepUntil),
    index("predictions_newest").on(table.owner, table.createdAt.desc(), table.id.desc()),
    index("predictions_subject").on(table.owner, table.subject),
    index("predictions_age").on(table.createdAt),
  ],
);

/** What a subject agreed to, for which purpose and under which law. */
export const consents = pgTable(
  "consents",
  {
    id: uuid().primaryKey(),
    owner: text().notNull(),
    subject: text().notNull(),
    purpose: text().notNull(),
    jurisdiction: text().notNull(),
    basis: text().notNull(),
    givenAt: moment("given_at").notNull(),
    withdrawnAt: moment("withdrawn_at"),
  },
  (table) => [index("consents_subject").on(table.owner, table.subject)],
);

/** Work on many utterances. How far it is, is counted from its items. */
export const jobs = pgTable(
  "jobs",
  {
    id: uuid().primaryKey(),
    owner: text().notNull(),
    /** running, done or cancelled. */
    state: text().notNull(),
    createdAt: moment("created_at").notNull(),
    finishedAt: moment("finished_at"),
    total: integer().notNull(),
    /** Look at these only; null: at all. */
    modalities: text().array(),
    /** Whether results also become predictions. */
    keep: boolean().notNull().default(true),
    /** The whole scenario, as it was when the job was taken in, and whose law was said to apply. */
    rules: jsonb(),
    jurisdiction: text(),
    /** The scenario keeps the results no longer. */
    keepUntil: moment("keep_until"),
  },
  (table) => [index("jobs_owner").on(table.owner, table.createdAt.desc(), table.id.desc())],
);

const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({
  dataType: () => "bytea",
  fromDriver: (value) => new Uint8Array(value),
});

/** The utterances of a job, in order, each with its result once it has one. */
export const jobItems = pgTable(
  "job_items",
  {
    id: uuid().primaryKey(),
    job: uuid().notNull(),
    owner: text().notNull(),
    position: integer().notNull(),
    /** What the client calls it. */
    name: text(),
    subject: text(),
    session: text(),
    /** waiting, done, failed (it cannot be recognized), dead (nobody managed to) or cancelled. */
    state: text().notNull(),
    /** What is to be recognized, sealed, where it is small; gone as soon as it is recognized. */
    input: bytes(),
    /** Whether the media folder holds it instead, sealed, under this id. */
    media: boolean().notNull().default(false),
    /** The owner asked to keep it until then; null: not longer than it takes to recognize it. */
    mediaUntil: moment("media_until"),
    prediction: jsonb(),
    problem: jsonb(),
    finishedAt: moment("finished_at"),
  },
  (table) => [
    uniqueIndex("job_items_position").on(table.job, table.position),
    index("job_items_state").on(table.job, table.state),
    index("job_items_subject").on(table.owner, table.subject),
    index("job_items_media").on(table.mediaUntil),
  ],
);

/** What a person says that an answer should have been. It becomes rows of a manifest; nothing learns from it by itself. */
export const feedback = pgTable(
  "feedback",
  {
    id: uuid().primaryKey(),
    owner: text().notNull(),
    subject: text(),
    prediction: uuid().notNull(),
    label: text().notNull(),
    reviewed: boolean().notNull().default(false),
    createdAt: moment("created_at").notNull(),
  },
  (table) => [index("feedback_subject").on(table.owner, table.subject)],
);

/** Who did what, and how much of it. It names no subject. */
export const audit = pgTable(
  "audit",
  {
    id: uuid().primaryKey(),
    at: moment("at").notNull(),
    owner: text().notNull(),
    action: text().notNull(),
    details: jsonb().notNull(),
  },
  (table) => [index("audit_newest").on(table.at.desc())],
);

/** Requests that may be repeated, with the answer that the first one got. */
export const idempotencyKeys = pgTable(
  "idempotency_keys",
  {
    owner: text().notNull(),
    route: text().notNull(),
    key: text().notNull(),
    createdAt: moment("created_at").notNull(),
    /** SHA-256 of what was sent, under this service's secret. */
    bodyHash: text("body_hash").notNull(),
    /** null while the first request is being answered. */
    status: integer(),
    answer: jsonb(),
    /** Who the answer is about, so that it goes when they are erased. */
    subjects: text().array().notNull().default(sql`'{}'::text[]`),
  },
  (table) => [
    primaryKey({ columns: [table.owner, table.route, table.key] }),
    index("idempotency_age").on(table.createdAt),
  ],
);

export const apiKeys = pgTable("api_keys", {
  /** Part of the key. */
  id: text().primaryKey(),
  /** Whose rows it writes and reads. */
  owner: text().notNull(),
  name: text().notNull(),
  /** HMAC-SHA-256 of the secret part. */
  hash: text().notNull(),
  scopes: text().array().notNull(),
  createdAt: moment("created_at").notNull(),
  expiresAt: moment("expires_at"),
  revokedAt: moment("revoked_at"),
});
