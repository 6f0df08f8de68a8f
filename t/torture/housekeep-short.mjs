// The short form of housekeep.mjs: every ninth statement, 10,000 rows.
import "./housekeep.mjs";
