// The short form of coupons.mjs: fewer redemptions.
import "./coupons.mjs";
