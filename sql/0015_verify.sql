-- How many differences a program that looks for them found.
ALTER TABLE program_runs ADD COLUMN IF NOT EXISTS differences BIGINT NULL;
