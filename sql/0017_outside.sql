-- A write with a call to the outside (D53) keeps its key without an answer until the call is settled: this object is read then.

ALTER TABLE idempotency_keys
  ADD COLUMN IF NOT EXISTS object_id BIGINT NULL AFTER fingerprint;
