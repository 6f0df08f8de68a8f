// The short form of secrets.mjs: three rounds.
import "./secrets.mjs";
