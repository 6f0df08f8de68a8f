# No text of a request becomes SQL: a statement is a literal in a call of db/, or it is built of descriptors in model/query*.c
# and model/store_*.c, with every value bound. Run with read.awk before it.

function holds_sql(line) {
	return line ~ /"[^"]*(SELECT |INSERT |UPDATE [a-z%]|DELETE FROM|REPLACE INTO| FROM | WHERE | SET [a-z]| ORDER BY | JOIN | LIMIT |VALUES \()[^"]*"/
}

FNR == 1 {
	open_call = ""
	builds = place ~ /^src\/(db\/|model\/(query|store)[a-z_]*\.[ch]$)/
}

!builds && !excused {
	open_call = open_call code
	if (holds_sql($0) && open_call ~ /(^|[^A-Za-z0-9_])(str_v?fmt|str_of|STR|buf_[a-z]+|arena_fmt)[ \t]*\(/)
		complain("SQL is built: let a literal bind its values, or build it in model/query*.c or model/store_*.c")
	if (has_call("db_run") && place != "src/model/list.c")
		complain("db_run() takes any text: db_query() and db_exec() take a literal")
	if (code ~ /[;{}][ \t]*$/)
		open_call = ""
}
