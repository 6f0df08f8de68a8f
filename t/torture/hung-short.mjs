// The short form of hung.mjs: one hang of 4 s.
import "./hung.mjs";
