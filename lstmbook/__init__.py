"""The small helper package of the book: each piece is built in the open in a chapter, then offered here by name.

The modules are imported one by one (``from lstmbook import framing``); importing the package itself loads nothing.
"""

__version__ = "0.4.0"
