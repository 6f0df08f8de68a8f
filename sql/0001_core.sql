-- Who owns what, who may ask, and the traces of every write.

CREATE TABLE IF NOT EXISTS accounts (
  id BIGINT NOT NULL,
  name VARCHAR(255) NOT NULL,
  plan VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'free',
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT accounts_plan CHECK (plan IN ('free', 'starter', 'professional', 'enterprise'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;

-- The live and the sandbox side of a tenant are two rows that share public_id (D56).
CREATE TABLE IF NOT EXISTS tenants (
  id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  public_id BIGINT NOT NULL,
  mode VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name VARCHAR(255) NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'USD',
  language VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'en',
  time_zone VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'UTC',
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY public_mode (public_id, mode),
  KEY account (account_id),
  CONSTRAINT tenants_account FOREIGN KEY (account_id) REFERENCES accounts (id),
  CONSTRAINT tenants_mode CHECK (mode IN ('live', 'sandbox'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;

-- secret_hash finds the key before the tenant is known, so its index does not begin with tenant_id.
CREATE TABLE IF NOT EXISTS api_keys (
  tenant_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  archived_at DATETIME(3) NULL,
  metadata JSON NULL,
  name VARCHAR(255) NOT NULL,
  status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'active',
  scopes JSON NOT NULL,
  last4 CHAR(4) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  secret_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  expires_at DATETIME(3) NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY secret (secret_hash),
  KEY created (tenant_id, created_at, id),
  KEY updated (tenant_id, updated_at, id),
  KEY name (tenant_id, name, id),
  CONSTRAINT api_keys_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (id),
  CONSTRAINT api_keys_status CHECK (status IN ('active', 'revoked'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;

CREATE TABLE IF NOT EXISTS idempotency_keys (
  tenant_id BIGINT NOT NULL,
  key_hash BINARY(32) NOT NULL,
  fingerprint BINARY(32) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  status SMALLINT NULL,
  location VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
  etag VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  content_type VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  sealed TINYINT NOT NULL DEFAULT 0,
  body LONGBLOB NULL,
  PRIMARY KEY (tenant_id, key_hash),
  KEY created (created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;

CREATE TABLE IF NOT EXISTS audit_logs (
  tenant_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  actor VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  action VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  resource VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  resource_id BIGINT NOT NULL,
  request_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  ip_address VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NULL,
  user_agent VARCHAR(255) NULL,
  changes LONGTEXT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  KEY resource (tenant_id, resource, resource_id, id),
  CONSTRAINT audit_logs_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;

-- The log and the outbox at once. Order within an object is object_version, never id (D62).
CREATE TABLE IF NOT EXISTS events (
  tenant_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  type VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  object_type VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  object_id BIGINT NOT NULL,
  object_version BIGINT NOT NULL,
  request_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  silent TINYINT NOT NULL DEFAULT 0,
  fanned_out TINYINT NOT NULL DEFAULT 0,
  data LONGTEXT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  KEY object (tenant_id, object_id, object_version),
  KEY outbox (fanned_out, tenant_id, id),
  CONSTRAINT events_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;
