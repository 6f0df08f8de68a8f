-- What a key may do beside its scopes, how it is renewed, and how it was used; limits of an account beside its plan's.

ALTER TABLE accounts
  ADD COLUMN IF NOT EXISTS per_hour INT NULL,
  ADD COLUMN IF NOT EXISTS per_day INT NULL;

ALTER TABLE api_keys
  ADD COLUMN IF NOT EXISTS kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'secret',
  ADD COLUMN IF NOT EXISTS environment VARCHAR(32) NULL,
  ADD COLUMN IF NOT EXISTS per_hour INT NULL,
  ADD COLUMN IF NOT EXISTS per_day INT NULL,
  ADD COLUMN IF NOT EXISTS ip_allowlist JSON NULL,
  ADD COLUMN IF NOT EXISTS origins JSON NULL,
  ADD COLUMN IF NOT EXISTS require_signature TINYINT NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS rotate_by DATETIME(3) NULL,
  ADD COLUMN IF NOT EXISTS reminded_at DATETIME(3) NULL,
  ADD COLUMN IF NOT EXISTS previous_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN IF NOT EXISTS previous_until DATETIME(3) NULL,
  ADD COLUMN IF NOT EXISTS signing_sealed VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN IF NOT EXISTS previous_signing VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN IF NOT EXISTS last_used_at DATETIME(3) NULL,
  ADD COLUMN IF NOT EXISTS last_used_ip VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN IF NOT EXISTS requests_last_day BIGINT NOT NULL DEFAULT 0,
  ADD UNIQUE KEY IF NOT EXISTS previous (previous_hash),
  ADD KEY IF NOT EXISTS rotation (rotate_by),
  ADD CONSTRAINT IF NOT EXISTS api_keys_kind CHECK (kind IN ('secret', 'publishable'));

UPDATE api_keys SET rotate_by = created_at + INTERVAL 90 DAY WHERE rotate_by IS NULL AND archived_at IS NULL;

-- Networks that a key was used from (/24 of IPv4, /48 of IPv6): a new one is worth an event.
CREATE TABLE IF NOT EXISTS api_key_networks (
  tenant_id BIGINT NOT NULL,
  key_id BIGINT NOT NULL,
  network VARCHAR(49) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  first_seen_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, key_id, network),
  CONSTRAINT api_key_networks_key FOREIGN KEY (tenant_id, key_id) REFERENCES api_keys (tenant_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;

-- Nonces of signed requests: the primary key refuses a second use (D24). Kept ten minutes.
CREATE TABLE IF NOT EXISTS api_key_nonces (
  tenant_id BIGINT NOT NULL,
  key_id BIGINT NOT NULL,
  nonce_hash BINARY(32) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, key_id, nonce_hash),
  KEY created (created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;
