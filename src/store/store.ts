/** What the service remembers, whatever keeps it. */
import type { QueueHome } from "./database.ts";
import type { JobStore } from "./job-store.ts";

/** A prediction to keep. */
export interface KeptPrediction {
  readonly id: string;
  readonly createdAt: Date;
  readonly subject?: string | undefined;
  readonly session?: string | undefined;
  readonly label: string | null;
  readonly confidence: number;
  /** The whole answer, as JSON. */
  readonly prediction: unknown;
  /** Use case whose rules applied. */
  readonly scenario?: string | undefined;
  /** Those rules keep it no longer. */
  readonly keepUntil?: Date | undefined;
}

export interface PredictionFilter {
  /** Inclusive. */
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly to?: Date | undefined;
  readonly subject?: string | undefined;
  readonly session?: string | undefined;
  readonly label?: string | undefined;
  readonly scenario?: string | undefined;
}

/** Place in a list that is ordered by time, newest first. */
export interface Place {
  readonly createdAt: Date;
  readonly id: string;
}

/** Rows per table. */
export type Counts = Readonly<Record<string, number>>;

export interface Erasure {
  /** Rows that were deleted. */
  readonly erased: Counts;
  /** Rows that a search for the subject still finds afterwards: none, unless new ones came meanwhile. */
  readonly remaining: Counts;
}

export interface ApiKey {
  readonly id: string;
  readonly owner: string;
  readonly name: string;
  readonly hash: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

/** Names a request that may be repeated. */
export interface ClaimKey {
  readonly owner: string;
  readonly route: string;
  readonly key: string;
}

export type Claim =
  /** Nobody asked before: go on, then call `finishClaim` or `dropClaim`. */
  | { readonly state: "new" }
  /** The first one is being answered. */
  | { readonly state: "running" }
  /** The key was used for another body. */
  | { readonly state: "other" }
  | { readonly state: "done"; readonly status: number; readonly answer: unknown };

/** What a person says that an answer should have been. */
export interface Feedback {
  readonly id: string;
  readonly prediction: string;
  readonly subject: string | null;
  readonly label: string;
  /** Whether somebody has looked at it: only then it may become a row of a manifest. */
  readonly reviewed: boolean;
  readonly createdAt: Date;
}

/** What a subject agreed to, for which purpose and under which law. */
export interface Consent {
  readonly id: string;
  readonly subject: string;
  readonly purpose: string;
  readonly jurisdiction: string;
  readonly basis: string;
  readonly givenAt: Date;
  readonly withdrawnAt: Date | null;
}

/** Everything fails with AffektError `unavailable` while the database does not answer. */
export interface Store extends JobStore {
  readonly queueHome: QueueHome;
  /** @returns false if the owner has no such prediction */
  addFeedback(owner: string, feedback: Omit<Feedback, "subject" | "reviewed">): Promise<boolean>;
  /** Oldest first. */
  listFeedback(
    owner: string,
    filter: { readonly reviewed?: boolean | undefined },
    page: { readonly limit: number; readonly after?: Place | undefined },
  ): Promise<readonly Feedback[]>;
  /** @returns whether there was such feedback */
  reviewFeedback(owner: string, id: string): Promise<boolean>;
  addConsent(owner: string, consent: Omit<Consent, "withdrawnAt">): Promise<void>;
  /** Newest first, withdrawn ones too. */
  listConsents(owner: string, subject: string): Promise<readonly Consent[]>;
  /** Those of several subjects for one purpose that are not withdrawn, newest first. */
  validConsents(owner: string, purpose: string, subjects: readonly string[]): Promise<readonly Consent[]>;
  /** @returns whether there was such a consent to withdraw */
  withdrawConsent(owner: string, id: string, now: Date): Promise<boolean>;
  addPredictions(owner: string, predictions: readonly KeptPrediction[]): Promise<void>;
  /** Newest first, at most `limit`, after a place. */
  listPredictions(
    owner: string,
    filter: PredictionFilter,
    page: { readonly limit: number; readonly after?: Place | undefined },
  ): Promise<readonly KeptPrediction[]>;
  /** Deletes everything about a subject, and looks whether anything is left. */
  eraseSubject(owner: string, subject: string, now: Date): Promise<Erasure>;
  /** Remembers who did what; entries name no subject. */
  addAudit(owner: string, action: string, details: Readonly<Record<string, string>>, at: Date): Promise<void>;
  /** Deletes what is older than that, and what may not be kept until now, of all owners. */
  expire(before: { readonly predictions: Date; readonly claims: Date; readonly now: Date }): Promise<Counts>;

  /** @param staleBefore a claim from before that date whose request was never answered is given again */
  claim(key: ClaimKey, bodyHash: string, now: Date, staleBefore: Date): Promise<Claim>;
  finishClaim(key: ClaimKey, status: number, answer: unknown, subjects: readonly string[]): Promise<void>;
  dropClaim(key: ClaimKey): Promise<void>;

  addKey(key: ApiKey): Promise<void>;
  findKey(id: string): Promise<ApiKey | undefined>;
  /** Of one owner, or of all. */
  listKeys(owner?: string): Promise<readonly ApiKey[]>;
  /** @returns whether there was such a key to revoke */
  revokeKey(id: string, now: Date, owner?: string): Promise<boolean>;
  hasKeys(): Promise<boolean>;

  /** Everything in the tables, line by line. @returns rows */
  backup(write: (line: string) => Promise<void>): Promise<number>;
  /** @returns rows per table @throws AffektError `conflict` if there are data already, `data` if the lines are broken */
  restore(lines: AsyncIterable<string>): Promise<Counts>;

  /** @throws AffektError `unavailable` if the database does not answer */
  ping(): Promise<void>;
  close(): Promise<void>;
}
