-- Prices in other currencies (D60), and the language of an answer that is replayed (D53).

ALTER TABLE products ADD COLUMN IF NOT EXISTS prices JSON NULL AFTER price;
ALTER TABLE variants ADD COLUMN IF NOT EXISTS prices JSON NULL AFTER price;
ALTER TABLE idempotency_keys
  ADD COLUMN IF NOT EXISTS content_language VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER content_type;
