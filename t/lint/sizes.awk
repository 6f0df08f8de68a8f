# A function has at most 99 lines from brace to brace, a file at most 900. Tables do not count: their brace does not stand in
# column 0. Run with read.awk before it.

FNR == 1 { begun = 0 }
FNR == 901 { complain("the file has more than 900 lines: two things in one?") }
/^\{/ { begun = FNR }
/^\}/ {
	if (begun && FNR - begun + 1 > 99)
		complain("the function that begins on line " begun " has " (FNR - begun + 1) " lines")
	begun = 0
}
