CREATE TABLE "job_items" (
	"id" uuid PRIMARY KEY NOT NULL,
	"job" uuid NOT NULL,
	"owner" text NOT NULL,
	"position" integer NOT NULL,
	"name" text,
	"subject" text,
	"session" text,
	"state" text NOT NULL,
	"input" "bytea",
	"media" boolean DEFAULT false NOT NULL,
	"media_until" timestamp (3) with time zone,
	"prediction" jsonb,
	"problem" jsonb,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
DROP INDEX "jobs_owner";--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "modalities" text[];--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "keep" boolean DEFAULT true NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "job_items_position" ON "job_items" USING btree ("job","position");--> statement-breakpoint
CREATE INDEX "job_items_state" ON "job_items" USING btree ("job","state");--> statement-breakpoint
CREATE INDEX "job_items_subject" ON "job_items" USING btree ("owner","subject");--> statement-breakpoint
CREATE INDEX "job_items_media" ON "job_items" USING btree ("media_until");--> statement-breakpoint
CREATE INDEX "jobs_owner" ON "jobs" USING btree ("owner","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
ALTER TABLE "jobs" DROP COLUMN "subject";--> statement-breakpoint
ALTER TABLE "jobs" DROP COLUMN "done";--> statement-breakpoint
ALTER TABLE "jobs" DROP COLUMN "failed";