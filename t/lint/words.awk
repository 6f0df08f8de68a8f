# Words that are not ours: libc calls with a better way, allocation above db/, binary floating point where money passes, and
# notes to oneself. Run with read.awk before it.

BEGIN {
	count = split("strcpy strcat sprintf vsprintf strtok atoi atol gets gmtime localtime rand system popen setjmp longjmp", everywhere, " ")
	above_db_count = split("malloc calloc realloc free strdup strndup", above_db, " ")
}

/(^|[^A-Za-z])(TODO|FIXME|XXX)([^A-Za-z]|$)/ {
	complain("an open question is written NEEDSWORK: with the decision that is missing")
}

!excused {
	for (i = 1; i <= count; i++)
		if (has_call(everywhere[i]))
			complain(everywhere[i] "() is banned")
	if (own_floor > floors["db"]) {
		for (i = 1; i <= above_db_count; i++)
			if (has_call(above_db[i]))
				complain(above_db[i] "() is banned above db/: memory comes from an arena")
		if (code ~ /(^|[^A-Za-z0-9_])goto[ \t]+[a-z]/)
			complain("goto is banned above db/: arena_defer() cleans up")
	}
	money = (own_floor >= floors["model"] && place !~ /\/label_draw\.c$/) || place ~ /^src\/base\/(currency|decimal|money|rate)\.[ch]$/
	if (money && (has_word("double") || has_word("float")))
		complain("no binary floating point where money passes")
}
