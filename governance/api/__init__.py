"""What programs read of what was agreed, and how they ask for changes. They decide on nothing."""
