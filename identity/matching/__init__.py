"""Who may be whom: records in, people, questions and reasons out.

Knows nothing of the web or the database: an Arrow table comes in, DuckDB compares, numpy
weighs, scipy connects. Everything it decides by comes in too (``rules``, ``model``).
"""
