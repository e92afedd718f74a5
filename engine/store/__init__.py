"""The database: tables, the unit of work, one query a question. The only importer of SQLAlchemy."""
