// The short form of nginx-death.mjs: 10 kills, 3 reloads.
import "./nginx-death.mjs";
