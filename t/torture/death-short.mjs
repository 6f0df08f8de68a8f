// The short form of death.mjs: 1,000 creates, 10 kills.
import "./death.mjs";
