-- What a customer has ordered is summed up whenever he is shown, and he may have ordered very often: the key holds all that
-- the sum asks for.
ALTER TABLE orders
  DROP KEY IF EXISTS customer,
  ADD KEY customer (tenant_id, customer_id, created_at, id, status, total_base);
