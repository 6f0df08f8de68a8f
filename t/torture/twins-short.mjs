// The short form of twins.mjs: 50 keys.
import "./twins.mjs";
