/* bad: not in Makefile.am */
