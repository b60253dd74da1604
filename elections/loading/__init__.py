"""An election from a folder of files: what is data of one election and not code.

`manage.py load_election` reads a real one, `load_demo` the demo's.
"""

from elections.loading.election import load_election
from elections.loading.files import LoadError, read_rows, read_table

__all__ = ["LoadError", "load_election", "read_rows", "read_table"]
