// The short form of faults.mjs: shorter time-outs.
import "./faults.mjs";
