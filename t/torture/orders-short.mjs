// The short form of orders.mjs: 300 orders.
import "./orders.mjs";
