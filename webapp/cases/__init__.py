"""The page of one case, lists of cases, and starting one."""
