-- What a list is found by: metadata, and the order of what was found. Keys of a field go on with created_at and id, so
-- that what is equal stands in the order in which it was made, and a page of it is read along one key (D84).

-- One row for each key of an object's metadata. created_at and archived are the object's; it says the same twice so
-- that a page of what has a value, newest first, is read along this key alone.
CREATE TABLE IF NOT EXISTS metadata_index (
  tenant_id BIGINT NOT NULL,
  resource VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name VARCHAR(40) COLLATE utf8mb4_nopad_bin NOT NULL,
  value VARCHAR(500) COLLATE utf8mb4_nopad_bin NOT NULL,
  archived TINYINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  object_id BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, resource, name, value, archived, created_at, object_id),
  CONSTRAINT metadata_index_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (id),
  CONSTRAINT metadata_index_archived CHECK (archived IN (0, 1))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;

INSERT IGNORE INTO metadata_index (tenant_id, resource, name, value, archived, created_at, object_id)
  SELECT t.tenant_id, 'product', k.name, v.value, t.archived_at IS NOT NULL, t.created_at, t.id FROM products t,
    JSON_TABLE(JSON_KEYS(t.metadata), '$[*]' COLUMNS (n FOR ORDINALITY, name VARCHAR(40) PATH '$')) k,
    JSON_TABLE(JSON_EXTRACT(t.metadata, '$.*'), '$[*]' COLUMNS (n FOR ORDINALITY, value VARCHAR(500) PATH '$')) v
  WHERE t.metadata IS NOT NULL AND v.n = k.n;

INSERT IGNORE INTO metadata_index (tenant_id, resource, name, value, archived, created_at, object_id)
  SELECT t.tenant_id, 'variant', k.name, v.value, t.archived_at IS NOT NULL, t.created_at, t.id FROM variants t,
    JSON_TABLE(JSON_KEYS(t.metadata), '$[*]' COLUMNS (n FOR ORDINALITY, name VARCHAR(40) PATH '$')) k,
    JSON_TABLE(JSON_EXTRACT(t.metadata, '$.*'), '$[*]' COLUMNS (n FOR ORDINALITY, value VARCHAR(500) PATH '$')) v
  WHERE t.metadata IS NOT NULL AND v.n = k.n;

INSERT IGNORE INTO metadata_index (tenant_id, resource, name, value, archived, created_at, object_id)
  SELECT t.tenant_id, 'image', k.name, v.value, t.archived_at IS NOT NULL, t.created_at, t.id FROM images t,
    JSON_TABLE(JSON_KEYS(t.metadata), '$[*]' COLUMNS (n FOR ORDINALITY, name VARCHAR(40) PATH '$')) k,
    JSON_TABLE(JSON_EXTRACT(t.metadata, '$.*'), '$[*]' COLUMNS (n FOR ORDINALITY, value VARCHAR(500) PATH '$')) v
  WHERE t.metadata IS NOT NULL AND v.n = k.n;

INSERT IGNORE INTO metadata_index (tenant_id, resource, name, value, archived, created_at, object_id)
  SELECT t.tenant_id, 'category', k.name, v.value, t.archived_at IS NOT NULL, t.created_at, t.id FROM categories t,
    JSON_TABLE(JSON_KEYS(t.metadata), '$[*]' COLUMNS (n FOR ORDINALITY, name VARCHAR(40) PATH '$')) k,
    JSON_TABLE(JSON_EXTRACT(t.metadata, '$.*'), '$[*]' COLUMNS (n FOR ORDINALITY, value VARCHAR(500) PATH '$')) v
  WHERE t.metadata IS NOT NULL AND v.n = k.n;

INSERT IGNORE INTO metadata_index (tenant_id, resource, name, value, archived, created_at, object_id)
  SELECT t.tenant_id, 'api_key', k.name, v.value, t.archived_at IS NOT NULL, t.created_at, t.id FROM api_keys t,
    JSON_TABLE(JSON_KEYS(t.metadata), '$[*]' COLUMNS (n FOR ORDINALITY, name VARCHAR(40) PATH '$')) k,
    JSON_TABLE(JSON_EXTRACT(t.metadata, '$.*'), '$[*]' COLUMNS (n FOR ORDINALITY, value VARCHAR(500) PATH '$')) v
  WHERE t.metadata IS NOT NULL AND v.n = k.n;

ALTER TABLE product_categories
  ADD COLUMN IF NOT EXISTS archived TINYINT NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS created_at DATETIME(3) NOT NULL DEFAULT '2020-01-01';

-- Both are the product's.
UPDATE product_categories l JOIN products p ON p.tenant_id = l.tenant_id AND p.id = l.product_id
  SET l.created_at = p.created_at, l.archived = p.archived_at IS NOT NULL;

ALTER TABLE product_categories
  ALTER COLUMN archived DROP DEFAULT,
  ALTER COLUMN created_at DROP DEFAULT,
  DROP KEY IF EXISTS category,
  ADD KEY category (tenant_id, category_id, archived, created_at, product_id);

ALTER TABLE products
  DROP KEY IF EXISTS name,
  ADD KEY name (tenant_id, name, created_at, id),
  DROP KEY IF EXISTS sku,
  ADD KEY sku (tenant_id, sku, created_at, id),
  DROP KEY IF EXISTS price,
  ADD KEY price (tenant_id, price, created_at, id),
  DROP KEY IF EXISTS brand,
  ADD KEY brand (tenant_id, brand, created_at, id),
  DROP KEY IF EXISTS barcode,
  ADD KEY barcode (tenant_id, barcode, created_at, id),
  DROP KEY IF EXISTS categories,
  ADD KEY categories (tenant_id, categories, created_at, id),
  DROP KEY IF EXISTS tax_class,
  ADD KEY tax_class (tenant_id, tax_class, created_at, id),
  DROP KEY IF EXISTS weight,
  ADD KEY weight (tenant_id, weight, created_at, id);

ALTER TABLE categories
  DROP KEY IF EXISTS name,
  ADD KEY name (tenant_id, name, created_at, id),
  DROP KEY IF EXISTS slug,
  ADD KEY slug (tenant_id, slug, created_at, id),
  DROP KEY IF EXISTS parent,
  ADD KEY parent (tenant_id, parent_id, created_at, id),
  DROP KEY IF EXISTS position,
  ADD KEY position (tenant_id, position, created_at, id);

ALTER TABLE api_keys
  DROP KEY IF EXISTS name,
  ADD KEY name (tenant_id, name, created_at, id),
  DROP KEY IF EXISTS status,
  ADD KEY status (tenant_id, status, created_at, id),
  DROP KEY IF EXISTS expires,
  ADD KEY expires (tenant_id, expires_at, created_at, id);
