-- The gateways of a tenant, which move its money. Secrets are sealed: base64url of what only the ring of keys opens.

CREATE TABLE IF NOT EXISTS payment_gateways (
  tenant_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  archived_at DATETIME(3) NULL,
  metadata JSON NULL,
  kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name VARCHAR(255) NOT NULL,
  enabled TINYINT NOT NULL DEFAULT 1,
  priority INT NOT NULL DEFAULT 100,
  methods JSON NULL,
  public_key VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
  secret_key VARCHAR(2048) CHARACTER SET ascii COLLATE ascii_bin NULL,
  webhook_secret VARCHAR(2048) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY id (id),
  KEY created (tenant_id, created_at, id),
  KEY updated (tenant_id, updated_at, id),
  KEY name (tenant_id, name, created_at, id),
  KEY priority (tenant_id, priority, created_at, id),
  CONSTRAINT payment_gateways_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (id),
  CONSTRAINT payment_gateways_kind CHECK (kind IN ('sandbox', 'stripe')),
  CONSTRAINT payment_gateways_secret CHECK (kind = 'sandbox' OR secret_key IS NOT NULL),
  CONSTRAINT payment_gateways_priority CHECK (priority >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;

-- Messages of gateways that were dealt with: each comes at least once, and is heeded once.
CREATE TABLE IF NOT EXISTS gateway_messages (
  tenant_id BIGINT NOT NULL,
  gateway_id BIGINT NOT NULL,
  message VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  received_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, gateway_id, message),
  KEY received (tenant_id, received_at),
  CONSTRAINT gateway_messages_gateway FOREIGN KEY (tenant_id, gateway_id) REFERENCES payment_gateways (tenant_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;
