"""Where a source's columns lie beside the fields they become.

``profiling`` looks at the columns of the last file, ``filling`` at how full the fields are;
both once a night. ``laying`` puts the two side by side, ``suggesting`` says what an unmapped
column might be, ``asking`` turns rules into a proposal, and ``trying`` runs it on rows.
"""
