"""What a server process does once, before it answers anybody."""

import gc


def settle() -> None:
    """What was loaded stays loaded: the collector need not look through it again. Without this, one
    request in ten or so waits a tenth of a second or two for a search that finds nothing."""
    gc.collect()
    gc.freeze()
