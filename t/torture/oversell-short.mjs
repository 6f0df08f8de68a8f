// The short form of oversell.mjs: 600 buyers of one thing.
import "./oversell.mjs";
