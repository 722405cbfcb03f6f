"""The sample publication: what a fresh installation shows instead of an empty page.

Everything here is data and pure code; `load` alone puts it into the database.
"""
