"""How long people go on buying, and what they are worth until they stop. Pure.

Nothing here reads a database: counts of people who bought alike go in, and what is
expected of each comes out. Days are the unit of time everywhere.
"""
