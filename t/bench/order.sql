-- The tables of control O, made anew for every bench. They stay as they are when those of Souk change.

CREATE OR REPLACE DATABASE souk_bench CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
USE souk_bench;

CREATE TABLE stock (
  tenant_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  on_hand BIGINT NOT NULL,
  reserved BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT stock_reserved CHECK (reserved >= 0 AND reserved <= on_hand)
) ENGINE=InnoDB;

CREATE TABLE orders (
  tenant_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  total BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  KEY created (tenant_id, created_at, id)
) ENGINE=InnoDB;

CREATE TABLE order_lines (
  tenant_id BIGINT NOT NULL,
  order_id BIGINT NOT NULL,
  line SMALLINT NOT NULL,
  stock_id BIGINT NOT NULL,
  quantity BIGINT NOT NULL,
  price BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, order_id, line),
  KEY stock (tenant_id, stock_id),
  CONSTRAINT order_lines_order FOREIGN KEY (tenant_id, order_id) REFERENCES orders (tenant_id, id)
) ENGINE=InnoDB;

CREATE TABLE audit_logs (
  tenant_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  action VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  resource_id BIGINT NOT NULL,
  changes LONGTEXT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  KEY resource (tenant_id, resource_id, id)
) ENGINE=InnoDB;

CREATE TABLE events (
  tenant_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  type VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  object_id BIGINT NOT NULL,
  fanned_out TINYINT NOT NULL DEFAULT 0,
  data LONGTEXT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  KEY object (tenant_id, object_id),
  KEY outbox (fanned_out, tenant_id, id)
) ENGINE=InnoDB;

CREATE TABLE idempotency_keys (
  tenant_id BIGINT NOT NULL,
  key_text VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(3) NOT NULL,
  body LONGBLOB NOT NULL,
  PRIMARY KEY (tenant_id, key_text),
  KEY created (created_at)
) ENGINE=InnoDB;

INSERT INTO stock (tenant_id, id, on_hand, reserved) SELECT 1, seq, 1000000000, 0 FROM seq_1_to_10000;
