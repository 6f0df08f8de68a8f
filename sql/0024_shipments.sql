-- Shipments: what of an order was sent, by whom, with what label, and what became of it on the way.

CREATE TABLE IF NOT EXISTS shipments (
  tenant_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  archived_at DATETIME(3) NULL,
  metadata JSON NULL,
  order_id BIGINT NOT NULL,
  carrier VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  service VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  carrier_id BIGINT NULL,
  status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'pending',
  tracking_number VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  tracking_url VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
  label_url VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
  carrier_reference VARCHAR(255) NULL,
  packages JSON NULL,
  ship_from JSON NULL,
  ship_to JSON NULL,
  insurance_value BIGINT NULL,
  signature_required TINYINT NOT NULL DEFAULT 0,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  cost BIGINT NULL,
  estimated_delivery DATETIME(3) NULL,
  shipped_at DATETIME(3) NULL,
  delivered_at DATETIME(3) NULL,
  voided_at DATETIME(3) NULL,
  error VARCHAR(500) NULL,
  events_count INT NOT NULL DEFAULT 0,
  items_count INT NOT NULL DEFAULT 0,
  track_at DATETIME(3) NULL,
  track_tries INT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, id),
  KEY created (tenant_id, created_at, id),
  KEY updated (tenant_id, updated_at, id),
  KEY of_order (tenant_id, order_id, created_at, id),
  KEY carrier (tenant_id, carrier, created_at, id),
  KEY status (tenant_id, status, created_at, id),
  KEY tracking_number (tenant_id, tracking_number, created_at, id),
  KEY to_track (tenant_id, track_at, id),
  CONSTRAINT shipments_order FOREIGN KEY (tenant_id, order_id) REFERENCES orders (tenant_id, id),
  CONSTRAINT shipments_status CHECK (status IN ('pending', 'label_created', 'in_transit', 'out_for_delivery', 'delivered',
    'exception', 'returned', 'voided')),
  CONSTRAINT shipments_voided CHECK ((status = 'voided') = (voided_at IS NOT NULL)),
  CONSTRAINT shipments_delivered CHECK ((status = 'delivered') = (delivered_at IS NOT NULL)),
  CONSTRAINT shipments_money CHECK ((insurance_value IS NULL OR insurance_value >= 0) AND (cost IS NULL OR cost >= 0))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;

-- So many units of a line of the order. Those of live shipments are counted in its quantity_fulfilled, whose CHECK bounds them.
CREATE TABLE IF NOT EXISTS shipment_items (
  tenant_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  archived_at DATETIME(3) NULL,
  metadata JSON NULL,
  shipment_id BIGINT NOT NULL,
  order_item_id BIGINT NOT NULL,
  sku VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
  name VARCHAR(255) NOT NULL,
  quantity BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY line (tenant_id, shipment_id, order_item_id),
  KEY shipment (tenant_id, shipment_id, id),
  KEY order_item (tenant_id, order_item_id, id),
  CONSTRAINT shipment_items_shipment FOREIGN KEY (tenant_id, shipment_id) REFERENCES shipments (tenant_id, id),
  CONSTRAINT shipment_items_order_item FOREIGN KEY (tenant_id, order_item_id) REFERENCES order_items (tenant_id, id),
  CONSTRAINT shipment_items_quantity CHECK (quantity > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;

-- What happened on the way, in whatever order it was told. The fingerprint is of the teller's own id of it, else of all that it says.
CREATE TABLE IF NOT EXISTS shipment_events (
  tenant_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  shipment_id BIGINT NOT NULL,
  fingerprint BINARY(32) NOT NULL,
  occurred_at DATETIME(3) NOT NULL,
  status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  location VARCHAR(255) NULL,
  description VARCHAR(500) NULL,
  actor VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY once (tenant_id, shipment_id, fingerprint),
  KEY in_order (tenant_id, shipment_id, occurred_at, id),
  CONSTRAINT shipment_events_shipment FOREIGN KEY (tenant_id, shipment_id) REFERENCES shipments (tenant_id, id),
  CONSTRAINT shipment_events_status CHECK (status IN ('label_created', 'in_transit', 'out_for_delivery', 'delivered',
    'exception', 'returned'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;

-- Labels as a carrier sent them, one a package; our own are drawn when they are asked for.
CREATE TABLE IF NOT EXISTS shipment_labels (
  tenant_id BIGINT NOT NULL,
  shipment_id BIGINT NOT NULL,
  package INT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  tracking_number VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  content_type VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  bytes MEDIUMBLOB NULL,
  PRIMARY KEY (tenant_id, shipment_id, package),
  CONSTRAINT shipment_labels_shipment FOREIGN KEY (tenant_id, shipment_id) REFERENCES shipments (tenant_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;

-- What a carrier is asked to do for a shipment, one thing at a time: made with the shipment's own change, asked outside of any transaction.
CREATE TABLE IF NOT EXISTS shipment_calls (
  tenant_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  shipment_id BIGINT NOT NULL,
  kind VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'pending',
  tries INT NOT NULL DEFAULT 0,
  next_at DATETIME(3) NOT NULL,
  settled_at DATETIME(3) NULL,
  error VARCHAR(500) NULL,
  pending_of BIGINT AS (IF(status = 'pending', shipment_id, NULL)) STORED,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY one_pending (tenant_id, pending_of),
  KEY shipment (tenant_id, shipment_id, id),
  KEY due (tenant_id, status, next_at, id),
  CONSTRAINT shipment_calls_shipment FOREIGN KEY (tenant_id, shipment_id) REFERENCES shipments (tenant_id, id),
  CONSTRAINT shipment_calls_kind CHECK (kind IN ('label', 'void')),
  CONSTRAINT shipment_calls_status CHECK (status IN ('pending', 'done', 'refused')),
  CONSTRAINT shipment_calls_settled CHECK ((status = 'pending') = (settled_at IS NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;
