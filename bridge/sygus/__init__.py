"""SyGuS problems (https://sygus.org/language) over integers and booleans, as specs.

Read `parse.py` (text to a problem), `meaning.py` (what its expressions mean), `examples.py` (what
its constraints say of single inputs).
"""

from bridge.sygus.examples import as_spec

__all__ = ["as_spec"]
