-- What buyers say of products. A product holds what its approved reviews come to: sum and count are moved by whoever
-- approves, in one statement, so that no two of them lose each other's.

ALTER TABLE products
  ADD COLUMN IF NOT EXISTS rating_sum BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS reviews_count INT NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS rating_average DECIMAL(3,2) NULL,
  ADD CONSTRAINT IF NOT EXISTS products_rating CHECK (rating_sum BETWEEN reviews_count AND 5 * reviews_count);

CREATE TABLE IF NOT EXISTS reviews (
  tenant_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  archived_at DATETIME(3) NULL,
  metadata JSON NULL,
  product_id BIGINT NOT NULL,
  rating TINYINT NOT NULL,
  title VARCHAR(255) NULL,
  text TEXT NULL,
  author_name VARCHAR(255) NULL,
  customer_id BIGINT NULL,
  status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'pending',
  reason VARCHAR(500) NULL,
  moderated_at DATETIME(3) NULL,
  live TINYINT AS (IF(archived_at IS NULL, 1, NULL)) STORED,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY customer_id_live (tenant_id, product_id, customer_id, live),
  KEY product (tenant_id, product_id, created_at, id),
  KEY shown (tenant_id, product_id, status, created_at, id),
  KEY customer (tenant_id, customer_id, created_at, id),
  CONSTRAINT reviews_product FOREIGN KEY (tenant_id, product_id) REFERENCES products (tenant_id, id),
  CONSTRAINT reviews_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
  CONSTRAINT reviews_rating CHECK (rating BETWEEN 1 AND 5),
  CONSTRAINT reviews_status CHECK (status IN ('pending', 'approved', 'rejected'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;
