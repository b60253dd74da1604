"""An invented election's worth of people, for the demo and for measurements.

Reads the files of `elections/demo/<election>/`. Nobody in it exists.
"""
