// The short form of deploys.mjs: 2 reloads, 1 binary, 500 requests.
import "./deploys.mjs";
