void
f(const struct field *field)
{
	switch (field->type) { /* bad */
	case T_BOOL: /* bad */
		break;
	default:
		break;
	}
	switch (f->kind) {
	case TX_DONE:
		break;
	}
}
