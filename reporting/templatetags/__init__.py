"""What the templates of the reports may say."""
