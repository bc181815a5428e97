"""The tests; a package, so that one that somebody else has installed under this name is not taken for it."""
