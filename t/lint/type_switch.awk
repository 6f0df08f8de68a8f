# A field's type is a row of model/type.c; elsewhere a type is never told apart by switch. Run with read.awk before it.

place != "src/model/type.c" && !excused {
	if (code ~ /(^|[^A-Za-z0-9_])switch[ \t]*\(.*(->|\.)type[ \t]*\)/ || code ~ /(^|[^A-Za-z0-9_])case[ \t]+T_[A-Z]+[ \t]*:/)
		complain("a switch on a field's type: give type_rows[] or the face's own [TYPE__MAX] table a row")
}
