"""Published numbers for programs: one by one, or as a whole dashboard draws them."""
