ALTER TABLE "jobs" ADD COLUMN "rules" jsonb;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "jurisdiction" text;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "keep_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "predictions" ADD COLUMN "scenario" text;--> statement-breakpoint
ALTER TABLE "predictions" ADD COLUMN "keep_until" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "predictions_scenario" ON "predictions" USING btree ("owner","scenario");--> statement-breakpoint
CREATE INDEX "predictions_until" ON "predictions" USING btree ("keep_until");