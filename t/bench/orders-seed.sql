-- Something of everything to sell, so that orders can be measured: a stock of each product of @tenant that has none, with its row in the
-- ledger, in the warehouse that soukctl seed --orders made.
SET @now = UTC_TIMESTAMP(3), @place = (SELECT MIN(id) FROM warehouses WHERE tenant_id = @tenant AND code = 'GEN');

INSERT INTO stocks (tenant_id, id, created_at, updated_at, product_id, warehouse_id, sku, on_hand)
  SELECT p.tenant_id, p.id, @now, @now, p.id, @place, p.sku, 1000000000 FROM products p
  WHERE p.tenant_id = @tenant AND p.archived_at IS NULL AND p.variants_count = 0
    AND NOT EXISTS (SELECT 1 FROM stocks s WHERE s.tenant_id = p.tenant_id AND s.product_id = p.id);

INSERT INTO movements (tenant_id, id, created_at, stock_id, sequence, product_id, warehouse_id, sku, reason, quantity, reserved_change,
    on_hand, reserved, actor)
  SELECT s.tenant_id, s.id, @now, s.id, 1, s.product_id, s.warehouse_id, s.sku, 'received', s.on_hand, 0, s.on_hand, 0, 'bench'
  FROM stocks s WHERE s.tenant_id = @tenant AND s.id = s.product_id;
