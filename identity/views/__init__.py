"""Pages on which people are told apart and joined."""
