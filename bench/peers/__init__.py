"""How this site starts beside others that run Python in the page: `python -m bench.peers`, or `make bench-peers`."""
