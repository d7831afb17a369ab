"""Readings arranged as a page shows them: plain values in, plain values out."""
