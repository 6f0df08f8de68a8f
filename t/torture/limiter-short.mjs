// The short form of limiter.mjs: a smaller limit, fewer deaths.
import "./limiter.mjs";
