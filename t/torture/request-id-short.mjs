// The short form of request-id.mjs is the whole of it.
import "./request-id.mjs";
