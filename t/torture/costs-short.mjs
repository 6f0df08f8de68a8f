// The short form of costs.mjs: fewer rounds.
import "./costs.mjs";
