// The short form of payments-program.mjs: every ninth statement.
import "./payments-program.mjs";
