"""Lists from Excel: existing households, and applications (批量导入)."""
