// The short form of metrics.mjs: 400 requests each, 3 kills.
import "./metrics.mjs";
