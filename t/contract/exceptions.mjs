// What a run of the tests need not have seen, and why. Kept as short as possible: an answer that a test can provoke belongs in a test.

// "operationId status"
export const operations = {};

// Rows of err.def.
export const errors = {
	TIMEOUT_BODY: "nginx alone answers it, after 15 seconds; t/torture/faults.mjs shortens them",
	TIMEOUT: "as TIMEOUT_BODY, after 30 seconds",
	NOT_SUPPORTED: "nginx alone answers it, to what no client library sends; b035 writes it by hand, unrecorded",
	TX_REPEAT: "takes five deadlocks in a row; t/unit/db/tx_t.c makes them",
};

// Types of events.
export const events = {};
