"""A look into the server's own database, for what it should not be able to read."""

import sqlite3


def assert_nothing_readable(running):
    """Reads every value of every table for what was said."""
    database = sqlite3.connect(f"file:{running.folder / 'data' / 'chappe.db'}?mode=ro", uri=True)
    tables = [name for (name,) in database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")]
    assert "events" in tables
    looked = 0
    for table in tables:
        for row in database.execute(f'SELECT * FROM "{table}"'):
            looked += 1
            for value in row:
                text = value if isinstance(value, bytes) else str(value).encode()
                assert b"SECRET" not in text, f"{table} holds what was said"
    assert looked > 50
