"""Tests of the module and the report: python3 -m unittest, in the folder above.

CLOUDCIRCUIT_LIBRARY names the library. A part that needs what is not here says by name that it was skipped.
"""
