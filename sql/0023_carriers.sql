-- Who carries what is sent, and what they asked for it. The tariff of a carrier of the shop's own, its services and its zones
-- are one object each; a price is only ever worked out from the whole of it.

CREATE TABLE IF NOT EXISTS carriers (
  tenant_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  archived_at DATETIME(3) NULL,
  metadata JSON NULL,
  name VARCHAR(64) NOT NULL,
  code VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  enabled TINYINT NOT NULL DEFAULT 1,
  account_number VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  credentials TEXT CHARACTER SET ascii COLLATE ascii_bin NULL,
  services JSON NULL,
  tariff JSON NULL,
  callback_url VARCHAR(1024) CHARACTER SET ascii COLLATE ascii_bin NULL,
  callback_secret VARCHAR(1024) CHARACTER SET ascii COLLATE ascii_bin NULL,
  live TINYINT AS (IF(archived_at IS NULL, 1, NULL)) STORED,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY code_live (tenant_id, code, live),
  KEY created (tenant_id, created_at, id),
  KEY updated (tenant_id, updated_at, id),
  KEY name (tenant_id, name, created_at, id),
  KEY code (tenant_id, code, created_at, id),
  KEY kind (tenant_id, kind, created_at, id),
  KEY enabled (tenant_id, enabled, created_at, id),
  CONSTRAINT carriers_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (id),
  CONSTRAINT carriers_kind CHECK (kind IN ('usps', 'fedex', 'ups', 'dhl', 'table', 'callback')),
  CONSTRAINT carriers_tariff CHECK (kind = 'table' OR tariff IS NULL),
  CONSTRAINT carriers_callback CHECK (kind = 'callback' OR (callback_url IS NULL AND callback_secret IS NULL)),
  CONSTRAINT carriers_credentials CHECK (kind NOT IN ('table', 'callback') OR credentials IS NULL)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;

-- Prices that were told: an order that names one pays it while it lasts, if it goes to that place and weighs no more.
-- The weight is in the units of measure.h.
CREATE TABLE IF NOT EXISTS shipping_quotes (
  tenant_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  carrier VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  service VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name VARCHAR(128) NOT NULL,
  amount BIGINT NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  country CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  zip VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  weight BIGINT NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, id),
  KEY expires (tenant_id, expires_at),
  CONSTRAINT shipping_quotes_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (id),
  CONSTRAINT shipping_quotes_amount CHECK (amount >= 0),
  CONSTRAINT shipping_quotes_weight CHECK (weight >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;
