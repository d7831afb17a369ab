"""The pages of the reports. Whoever is signed in may read them."""
