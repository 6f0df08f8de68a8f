// The short form of payments.mjs: 100 lives.
import "./payments.mjs";
