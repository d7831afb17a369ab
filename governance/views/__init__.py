"""The pages on which registries are read and changed."""
