"""The dashboards: what each shows, what its address asks for, and its numbers arranged.

Pages, files and programs read the same board.
"""
