// What a run of the tests need not have seen, and why. Kept as short as possible: an answer that a test can provoke belongs in a test.

// "operationId status"
export const operations = {};

// Rows of err.def.
export const errors = {
	TX_REPEAT: "deadlocks are repeated in silence; torture/sql makes one come five times",
	TIMEOUT_BODY: "nginx alone answers it, after 15 seconds, which no test waits",
	TOO_LARGE: "nginx measures first and answers in its own words, without a reason",
	HEADERS_TOO_LARGE: "as with TOO_LARGE",
};

// Types of events.
export const events = {};
