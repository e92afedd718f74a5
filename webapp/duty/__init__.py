"""值班表: who is on duty on which day at a union, planned for a month; leave and swaps."""
