-- The ledger of money: double entry. An entry is one row with two accounts and one amount, so no sum of entries is out of
-- balance; it is never changed and never deleted, which the triggers below hold against every user of the database.

-- One for each kind and holder (a gateway, a customer, a vendor; none: the shop's own), made when it is first posted to.
CREATE TABLE IF NOT EXISTS ledger_accounts (
  tenant_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  archived_at DATETIME(3) NULL,
  metadata JSON NULL,
  kind VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  type VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  holder VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  holder_id BIGINT NULL,
  held_by BIGINT AS (IFNULL(holder_id, 0)) STORED,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY side (tenant_id, held_by, kind),
  KEY created (tenant_id, created_at, id),
  KEY updated (tenant_id, updated_at, id),
  KEY kind (tenant_id, kind, created_at, id),
  KEY type (tenant_id, type, created_at, id),
  KEY holder (tenant_id, holder_id, created_at, id),
  CONSTRAINT ledger_accounts_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (id),
  CONSTRAINT ledger_accounts_kind CHECK (kind IN ('gateway', 'sales', 'refunds', 'fees', 'application_fees',
    'disputes_held', 'dispute_losses', 'store_credit', 'vendor_payable')),
  CONSTRAINT ledger_accounts_type CHECK (type IN ('asset', 'liability', 'revenue', 'expense')),
  CONSTRAINT ledger_accounts_holder CHECK ((holder IS NULL) = (holder_id IS NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;

-- A fact (what happened: a capture, a refund) is told once: its entries differ in their position only.
CREATE TABLE IF NOT EXISTS ledger_entries (
  tenant_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  kind VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  object_name VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  object_id BIGINT NOT NULL,
  position INT NOT NULL,
  order_id BIGINT NULL,
  payment_id BIGINT NULL,
  debit_account_id BIGINT NOT NULL,
  credit_account_id BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY fact (tenant_id, object_id, object_name, kind, position),
  KEY created (tenant_id, created_at, id),
  KEY debit (tenant_id, debit_account_id, created_at, id),
  KEY credit (tenant_id, credit_account_id, created_at, id),
  KEY of_order (tenant_id, order_id, created_at, id),
  KEY of_payment (tenant_id, payment_id, created_at, id),
  KEY object (tenant_id, object_id, created_at, id),
  KEY kind (tenant_id, kind, created_at, id),
  KEY currency (tenant_id, currency, created_at, id),
  CONSTRAINT ledger_entries_debit FOREIGN KEY (tenant_id, debit_account_id) REFERENCES ledger_accounts (tenant_id, id),
  CONSTRAINT ledger_entries_credit FOREIGN KEY (tenant_id, credit_account_id) REFERENCES ledger_accounts (tenant_id, id),
  CONSTRAINT ledger_entries_sides CHECK (debit_account_id <> credit_account_id),
  CONSTRAINT ledger_entries_amount CHECK (amount > 0),
  CONSTRAINT ledger_entries_position CHECK (position >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;

-- What the entries of an account come to, by currency: the sum over the slots. Each connection of the database has one of 16
-- slots, so that those who post to the same account at once seldom wait for one another.
CREATE TABLE IF NOT EXISTS ledger_balances (
  tenant_id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  slot TINYINT NOT NULL,
  debits BIGINT NOT NULL DEFAULT 0,
  credits BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, account_id, currency, slot),
  CONSTRAINT ledger_balances_account FOREIGN KEY (tenant_id, account_id) REFERENCES ledger_accounts (tenant_id, id),
  CONSTRAINT ledger_balances_slot CHECK (slot BETWEEN 0 AND 15),
  CONSTRAINT ledger_balances_sums CHECK (debits >= 0 AND credits >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;

CREATE TRIGGER IF NOT EXISTS ledger_entries_stay BEFORE UPDATE ON ledger_entries FOR EACH ROW
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an entry of the ledger is never changed: post the reverse';

CREATE TRIGGER IF NOT EXISTS ledger_entries_remain BEFORE DELETE ON ledger_entries FOR EACH ROW
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an entry of the ledger is never deleted: post the reverse';
