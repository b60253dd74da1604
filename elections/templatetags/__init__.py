"""Words of time for templates."""
