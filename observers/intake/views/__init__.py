"""The pages of uploads: what is handed in, what was found in it, what becomes of it."""
