-- Spreads what generated products lack over those of @tenant made before @until (NULL: all) and without variants: three categories (half, one in twenty, one in a thousand),
-- metadata of the same shares, tax classes, and one archived in twenty. The same for the same rows. They must have none yet.
SET @now = UTC_TIMESTAMP(3), @half = 1001, @some = 1002, @few = 1003;

INSERT INTO categories (tenant_id, id, created_at, updated_at, name, slug) VALUES
  (@tenant, @half, @now, @now, 'Half', 'half'), (@tenant, @some, @now, @now, 'Some', 'some'), (@tenant, @few, @now, @now, 'Few', 'few');

UPDATE products SET
    categories = NULLIF(CONCAT_WS(',', IF(CONV(LEFT(MD5(CONCAT(sku, 'a')), 8), 16, 10) % 2, 'half', NULL), IF(CONV(LEFT(MD5(CONCAT(sku, 'b')), 8), 16, 10) % 20, NULL, 'some'),
      IF(CONV(LEFT(MD5(CONCAT(sku, 'c')), 8), 16, 10) % 1000, NULL, 'few')), ''),
    metadata = JSON_COMPACT(JSON_OBJECT('warehouse', IF(CONV(LEFT(MD5(CONCAT(sku, 'd')), 8), 16, 10) % 2, 'west', 'east'),
      'batch', CONCAT('b', CONV(LEFT(MD5(CONCAT(sku, 'e')), 8), 16, 10) % 20), 'lot', CONCAT('l', CONV(LEFT(MD5(CONCAT(sku, 'f')), 8), 16, 10) % 1000))),
    tax_class = IF(CONV(LEFT(MD5(CONCAT(sku, 'g')), 8), 16, 10) % 20, 'standard', NULL),
    status = IF(CONV(LEFT(MD5(CONCAT(sku, 'h')), 8), 16, 10) % 20, status, 'archived'),
    archived_at = IF(CONV(LEFT(MD5(CONCAT(sku, 'h')), 8), 16, 10) % 20, NULL, @now)
  WHERE tenant_id = @tenant AND variants_count = 0 AND created_at < COALESCE(@until, '9999-01-01');

INSERT INTO product_categories (tenant_id, product_id, category_id, position, archived, created_at)
  SELECT p.tenant_id, p.id, c.id, FIND_IN_SET(c.slug, p.categories) - 1, p.archived_at IS NOT NULL, p.created_at
  FROM categories c JOIN products p ON p.tenant_id = c.tenant_id AND FIND_IN_SET(c.slug, p.categories)
  WHERE c.tenant_id = @tenant AND c.id IN (@half, @some, @few);

INSERT INTO metadata_index (tenant_id, resource, name, value, archived, created_at, object_id)
  SELECT t.tenant_id, 'product', k.name, JSON_VALUE(t.metadata, CONCAT('$.', k.name)), t.archived_at IS NOT NULL, t.created_at, t.id
  FROM products t JOIN (SELECT 'warehouse' AS name UNION SELECT 'batch' UNION SELECT 'lot') k
  WHERE t.tenant_id = @tenant AND JSON_EXISTS(t.metadata, '$.batch');

DELETE FROM skus WHERE tenant_id = @tenant AND product_id IN (SELECT id FROM products WHERE tenant_id = @tenant AND archived_at IS NOT NULL);

ANALYZE TABLE products, product_categories, metadata_index;
