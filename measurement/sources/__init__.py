"""Files as sources: kept as they came, unpacked to plain text, read page by page."""
