"""The pages on which sources are looked at, and their mappings changed."""
