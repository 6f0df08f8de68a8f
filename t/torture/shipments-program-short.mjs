// The short form of shipments-program.mjs: every eleventh statement.
import "./shipments-program.mjs";
