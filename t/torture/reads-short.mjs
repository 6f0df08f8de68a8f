// The short form of reads.mjs: 3,000 products.
import "./reads.mjs";
