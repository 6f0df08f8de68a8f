// The short form of bounded.mjs: a loop, a leak, a statement that runs away.
import "./bounded.mjs";
