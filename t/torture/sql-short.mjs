// The short form of sql.mjs: two writes, three kinds of failure.
import "./sql.mjs";
