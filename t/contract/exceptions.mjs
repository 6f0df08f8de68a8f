// What a run of the tests need not have seen, and why. Kept as short as possible: an answer that a test can provoke belongs in a test.

// "operationId status"
export const operations = {};

// Rows of err.def.
export const errors = {
	TIMEOUT_BODY: "nginx alone answers it, after 15 seconds, which no test waits",
	TOO_LARGE: "nginx measures first and answers in its own words, without a reason",
	HEADERS_TOO_LARGE: "as with TOO_LARGE",
	NOT_SUPPORTED: "nginx alone answers it; b035 and torture/faults have it",
	TIMEOUT: "nginx alone answers it, when a worker hangs; torture/faults",
};

// Types of events.
export const events = {};
