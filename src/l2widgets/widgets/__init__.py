"""One module a figure: what the reader should learn, the spec, one pure function."""
