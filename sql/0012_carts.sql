-- Carts: what somebody gathers before he orders it. Their prices are worked out whenever one is read, so no row has any.

CREATE TABLE IF NOT EXISTS carts (
  tenant_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  archived_at DATETIME(3) NULL,
  metadata JSON NULL,
  status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'open',
  customer_id BIGINT NULL,
  email VARCHAR(254) NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  coupon_code VARCHAR(64) NULL,
  shipping_address JSON NULL,
  billing_address JSON NULL,
  shipping_method VARCHAR(64) NULL,
  expires_at DATETIME(3) NOT NULL,
  completed_at DATETIME(3) NULL,
  -- Until when stock is kept for it (holds); in the past: no longer.
  hold_expires_at DATETIME(3) NULL,
  -- No foreign key: the cart is marked first, so that the order's number, which all others wait for, is taken last.
  order_id BIGINT NULL,
  lines_count INT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, id),
  KEY created (tenant_id, created_at, id),
  KEY updated (tenant_id, updated_at, id),
  KEY status (tenant_id, status, created_at, id),
  KEY customer (tenant_id, customer_id, created_at, id),
  KEY email (tenant_id, email, created_at, id),
  -- For the program that ends those whose time is over.
  KEY ending (tenant_id, status, expires_at),
  CONSTRAINT carts_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (id),
  CONSTRAINT carts_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
  CONSTRAINT carts_status CHECK (status IN ('open', 'completed', 'expired', 'abandoned')),
  CONSTRAINT carts_completed CHECK ((status = 'completed') = (order_id IS NOT NULL) AND (order_id IS NULL) = (completed_at IS NULL)),
  CONSTRAINT carts_hold CHECK (hold_expires_at IS NULL OR status = 'open'),
  CONSTRAINT carts_archived CHECK ((status = 'abandoned') = (archived_at IS NOT NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;

-- A line has no key to its variant: a variant may be deleted, and the line then says so.
CREATE TABLE IF NOT EXISTS cart_lines (
  tenant_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  archived_at DATETIME(3) NULL,
  metadata JSON NULL,
  cart_id BIGINT NOT NULL,
  product_id BIGINT NOT NULL,
  variant_id BIGINT NULL,
  sku VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
  quantity BIGINT NOT NULL,
  position INT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, id),
  KEY cart (tenant_id, cart_id, position, id),
  KEY created (tenant_id, cart_id, created_at, id),
  KEY product (tenant_id, product_id),
  CONSTRAINT cart_lines_cart FOREIGN KEY (tenant_id, cart_id) REFERENCES carts (tenant_id, id),
  CONSTRAINT cart_lines_product FOREIGN KEY (tenant_id, product_id) REFERENCES products (tenant_id, id),
  CONSTRAINT cart_lines_quantity CHECK (quantity BETWEEN 1 AND 1000000)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;
