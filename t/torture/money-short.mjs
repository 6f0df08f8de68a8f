// The short form of money.mjs: fewer of all.
import "./money.mjs";
