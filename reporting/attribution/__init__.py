"""Who gets the credit for a sale. Pure: numbers in, numbers out.

What a rule can say of one sale's touches alone is computed by ``sql/facts/credits.sql``;
here stands what those rules are given, and what takes every journey at once.
"""
