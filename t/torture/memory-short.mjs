// The short form of memory.mjs: every 23rd allocation.
import "./memory.mjs";
