// The short form of database-death.mjs: 2 kills, no long outage.
import "./database-death.mjs";
