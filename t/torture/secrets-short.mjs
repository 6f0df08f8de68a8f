// The short form of secrets.mjs: three rounds.
// stack: binlog
import "./secrets.mjs";
