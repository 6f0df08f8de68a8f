-- When the orders of a bench are gone, so is what they reserved, and their numbers.
UPDATE stocks s SET reserved = (SELECT COALESCE(SUM(h.quantity), 0) FROM holds h WHERE h.tenant_id = s.tenant_id AND h.stock_id = s.id)
  WHERE s.tenant_id = @tenant AND s.reserved > 0;
UPDATE order_numbers n SET last = (SELECT COALESCE(MAX(o.number), 0) FROM orders o WHERE o.tenant_id = n.tenant_id) WHERE n.tenant_id = @tenant;
