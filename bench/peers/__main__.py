"""How this site starts beside others that run Python in the page.

In each round every peer is visited in turn, by a new reader and by the same reader again, on loopback and over a slow
line; prints tables, and writes them into docs/performance.md.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import partial
from http.client import HTTPConnection
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

from bench.peers.host import Host
from bench.peers.line import Line
from bench.peers.report import Measured, Network, Probe, circumstances, tables, write
from bench.peers.sites import CACHE, OURS, PEERS, STILL, Peer, PeersError, make_sites
from bench.peers.visit import STAY, Reader, VisitError

DOCUMENT = Path(__file__).parents[2] / "docs/performance.md"
PROBE = "probe.bin"
PROBE_BYTES = 1_000_000


def main() -> str | None:
    """Measure; return what went wrong, if anything did."""
    arguments = _arguments()
    names = arguments.only or [peer.name for peer in PEERS]
    peers = [peer for peer in PEERS if peer.name in names]
    begun = time.perf_counter()
    load, _, _ = os.getloadavg()
    if load > 1:
        print(f"This machine is busy (load {load:.1f}): the numbers will be worth little.", flush=True)
    try:
        print("Making the peers' sites, and compressing what is new", flush=True)
        folder = make_sites()
        (folder / PROBE).write_bytes(os.urandom(PROBE_BYTES))
        with Host(folder, CACHE) as host, Line(host.port) as line, sync_playwright() as playwright:
            host.compress()
            urls: dict[Network, str] = {"loopback": host.url, "line": line.url}
            way = _probe(line.url)
            print(f"Ready after {time.perf_counter() - begun:.0f} s", flush=True)
            measured = Measured(defaultdict(list), defaultdict(list), Counter())
            rounds: dict[Network, int] = {"loopback": arguments.rounds, "line": arguments.slow_rounds}
            for number in range(max(rounds.values())):
                for network, url in urls.items():
                    if number >= rounds[network]:
                        continue
                    start = time.perf_counter()
                    turn = number % len(peers)
                    for peer in (*peers[turn:], *peers[:turn]):
                        try:
                            _measure(partial(Reader, playwright, host, url), network, peer, measured)
                        except VisitError as error:  # the other peers go on
                            measured.failures[peer] += 1
                            print(error, flush=True)
                    seconds = time.perf_counter() - start
                    print(f"Round {number + 1} of {rounds[network]}, {network}: {seconds:.0f} s", flush=True)
    except PeersError as error:
        return str(error)
    if not measured.is_complete(peers):
        return "There is no table, since a peer never showed its result."
    text = "\n\n".join([*tables(measured, peers), circumstances(measured, rounds, way, load)])
    print(f"\n{text}\n\nIn all {(time.perf_counter() - begun) / 60:.0f} min")
    if arguments.only:
        print("Nothing is written, since not every peer was there.")
    else:
        write(DOCUMENT, text)
    return None


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="on loopback")
    parser.add_argument("--slow-rounds", type=int, default=2, help="over the slow line")
    names = [peer.name for peer in PEERS]
    parser.add_argument(
        "--only", nargs="+", choices=names, metavar="PEER", help=f"some of {', '.join(names)}"
    )
    arguments = parser.parse_args()
    if arguments.rounds < 1 or arguments.slow_rounds < 1:
        parser.error("there must be at least one round of each")
    return arguments


def _measure(new_reader: Callable[[], Reader], network: Network, peer: Peer, measured: Measured) -> None:
    """Let a new reader visit a peer twice; and find out what else is asked of our own site."""
    with new_reader() as reader:
        measured.visits[peer, network, "cold"].append(reader.visit(peer, stay=STAY))
        if peer is OURS and network == "loopback":
            visit, seconds = reader.respawn(peer)
            measured.seconds["respawn", network].append(seconds)
        else:
            visit = reader.visit(peer)
        measured.visits[peer, network, "repeat"].append(visit)
    if peer is OURS:
        with new_reader() as reader:
            measured.seconds["slider", network].append(reader.slide(peer))
        with new_reader() as reader:
            measured.visits[STILL, network, "cold"].append(reader.visit(STILL))


def _probe(url: str) -> Probe:
    """Time a file of known size over a way, and an empty answer."""
    connection = HTTPConnection(urlsplit(url).netloc)
    times = [time.perf_counter()]
    for path in ("/nothing", "/nothing", f"/{PROBE}"):
        connection.request("GET", path)
        connection.getresponse().read()
        times.append(time.perf_counter())
    connection.close()
    first, again, file = (after - before for before, after in pairwise(times))
    return Probe(first, again, PROBE_BYTES * 8 / (file - again))


if __name__ == "__main__":
    sys.exit(main())
