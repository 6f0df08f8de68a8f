// The short form of migrations.mjs: the newest, on few rows, and one more.
import "./migrations.mjs";
