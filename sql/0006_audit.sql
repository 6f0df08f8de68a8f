-- What is found in the audit log, who was refused, and when the programs that cron starts were last done.

ALTER TABLE audit_logs
  ADD COLUMN IF NOT EXISTS verb VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN IF NOT EXISTS reason VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN IF NOT EXISTS times BIGINT NULL;

-- Rows get it by themselves, also from a release that knows nothing of it.
ALTER TABLE audit_logs ALTER COLUMN verb SET DEFAULT (SUBSTRING_INDEX(action, '.', -1));

UPDATE audit_logs SET verb = SUBSTRING_INDEX(action, '.', -1) WHERE verb IS NULL;

-- Keys of a field go on with created_at and id, see 0004.
ALTER TABLE audit_logs
  DROP KEY IF EXISTS resource,
  ADD KEY IF NOT EXISTS created (tenant_id, created_at, id),
  ADD KEY IF NOT EXISTS actor (tenant_id, actor, created_at, id),
  ADD KEY IF NOT EXISTS action (tenant_id, action, created_at, id),
  ADD KEY IF NOT EXISTS verb (tenant_id, verb, created_at, id),
  ADD KEY IF NOT EXISTS object (tenant_id, resource_id, created_at, id),
  ADD KEY IF NOT EXISTS request (tenant_id, request_id, created_at, id);

ALTER TABLE audit_logs ADD KEY IF NOT EXISTS resource (tenant_id, resource, created_at, id);

CREATE TABLE IF NOT EXISTS program_runs (
  program VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  finished_at DATETIME(3) NOT NULL,
  PRIMARY KEY (program)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;
