-- What was paid for an order stands in it, and what went back is a part of that. Imported orders came paid; so is what
-- was marked so before payments were known.
ALTER TABLE orders ADD COLUMN IF NOT EXISTS amount_paid BIGINT NOT NULL DEFAULT 0 AFTER total_base;
UPDATE orders SET amount_paid = total WHERE payment_status IN ('paid', 'refunded') AND amount_paid = 0;
UPDATE orders SET amount_paid = amount_refunded WHERE amount_paid < amount_refunded;
ALTER TABLE orders
  DROP CONSTRAINT IF EXISTS orders_refunded,
  ADD CONSTRAINT IF NOT EXISTS orders_paid CHECK (amount_paid BETWEEN 0 AND total),
  ADD CONSTRAINT IF NOT EXISTS orders_refunded CHECK (amount_refunded BETWEEN 0 AND amount_paid);

-- Money that goes back. It counts from the moment in which it is decided on (payments.amount_refunded, orders.amount_refunded).
-- One without a payment is to be paid back by hand: what it gives back was not paid through us.
CREATE TABLE IF NOT EXISTS refunds (
  tenant_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  archived_at DATETIME(3) NULL,
  metadata JSON NULL,
  payment_id BIGINT NULL,
  order_id BIGINT NULL,
  amount BIGINT NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  refund_application_fee TINYINT NOT NULL DEFAULT 0,
  application_fee_refunded_amount BIGINT NOT NULL DEFAULT 0,
  status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'pending',
  settles_at DATETIME(3) NULL,
  settled_at DATETIME(3) NULL,
  gateway_reference VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
  failure VARCHAR(255) NULL,
  object_name VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  object_id BIGINT NULL,
  PRIMARY KEY (tenant_id, id),
  KEY created (tenant_id, created_at, id),
  KEY updated (tenant_id, updated_at, id),
  KEY payment (tenant_id, payment_id, created_at, id),
  KEY of_order (tenant_id, order_id, created_at, id),
  KEY status (tenant_id, status, created_at, id),
  KEY due (tenant_id, status, settles_at, id),
  CONSTRAINT refunds_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (id),
  CONSTRAINT refunds_payment FOREIGN KEY (tenant_id, payment_id) REFERENCES payments (tenant_id, id),
  CONSTRAINT refunds_order FOREIGN KEY (tenant_id, order_id) REFERENCES orders (tenant_id, id),
  CONSTRAINT refunds_amount CHECK (amount > 0),
  CONSTRAINT refunds_fee CHECK (application_fee_refunded_amount BETWEEN 0 AND amount),
  CONSTRAINT refunds_status CHECK (status IN ('pending', 'succeeded', 'failed', 'manual')),
  CONSTRAINT refunds_of CHECK (payment_id IS NOT NULL OR (order_id IS NOT NULL AND status IN ('manual', 'succeeded'))),
  CONSTRAINT refunds_settled CHECK ((status = 'succeeded') = (settled_at IS NOT NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;

-- What was owed before there were payments is owed by hand. Cancelled orders did not count it, returns did.
CREATE TABLE IF NOT EXISTS refunds_due (tenant_id BIGINT, id BIGINT, created_at DATETIME(3), order_id BIGINT, amount BIGINT,
  currency CHAR(3), reason VARCHAR(32), object_name VARCHAR(32), object_id BIGINT, status VARCHAR(16));
INSERT IGNORE INTO refunds (tenant_id, id, created_at, updated_at, order_id, amount, currency, reason, status, object_name, object_id)
  SELECT tenant_id, id, created_at, created_at, order_id, amount, currency, IF(reason = 'return', 'return', 'cancelled'), 'manual',
    object_name, object_id FROM refunds_due WHERE status = 'pending';
UPDATE orders o JOIN (SELECT tenant_id, order_id, SUM(amount) AS amount FROM refunds WHERE payment_id IS NULL GROUP BY tenant_id, order_id) r
  ON r.tenant_id = o.tenant_id AND r.order_id = o.id
  SET o.amount_refunded = r.amount, o.refund_status = IF(r.amount < o.amount_paid, 'partial', 'full'),
    o.payment_status = IF(r.amount < o.amount_paid, o.payment_status, 'refunded')
  WHERE o.status = 'cancelled' AND o.amount_refunded < r.amount AND r.amount <= o.amount_paid;
DROP TABLE refunds_due;

-- What a bank takes back because its customer does not agree. One is open of a payment at a time; what it is about is
-- counted in payments.amount_disputed from its opening on, until it is won.
CREATE TABLE IF NOT EXISTS disputes (
  tenant_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  archived_at DATETIME(3) NULL,
  metadata JSON NULL,
  payment_id BIGINT NOT NULL,
  order_id BIGINT NULL,
  customer_id BIGINT NULL,
  amount BIGINT NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'general',
  fee_amount BIGINT NOT NULL DEFAULT 0,
  status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'needs_response',
  evidence_due_by DATETIME(3) NOT NULL,
  evidence JSON NULL,
  responded_at DATETIME(3) NULL,
  submitted_at DATETIME(3) NULL,
  closed_at DATETIME(3) NULL,
  gateway_reference VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
  is_open TINYINT AS (IF(status IN ('needs_response', 'under_review'), 1, NULL)) PERSISTENT,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY one_open (tenant_id, payment_id, is_open),
  UNIQUE KEY reference (tenant_id, gateway_reference),
  KEY created (tenant_id, created_at, id),
  KEY updated (tenant_id, updated_at, id),
  KEY payment (tenant_id, payment_id, created_at, id),
  KEY of_order (tenant_id, order_id, created_at, id),
  KEY customer (tenant_id, customer_id, created_at, id),
  KEY status (tenant_id, status, created_at, id),
  KEY reason (tenant_id, reason, created_at, id),
  KEY due (tenant_id, evidence_due_by, created_at, id),
  CONSTRAINT disputes_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (id),
  CONSTRAINT disputes_payment FOREIGN KEY (tenant_id, payment_id) REFERENCES payments (tenant_id, id),
  CONSTRAINT disputes_amount CHECK (amount > 0 AND fee_amount >= 0),
  CONSTRAINT disputes_status CHECK (status IN ('needs_response', 'under_review', 'won', 'lost')),
  CONSTRAINT disputes_closed CHECK ((status IN ('won', 'lost')) = (closed_at IS NOT NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;
