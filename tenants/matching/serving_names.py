"""The process that compares names: it serves the one that started it, over one socket, until that closes."""

import sys
from multiprocessing.connection import Connection
from typing import Any

from tenants.matching.nomenklatura_names import NomenklaturaNames
from tenants.model import load_model


def serve(link: "Connection[Any, Any]") -> None:
    """Answer every list of pairs with their scores; the first thing said is where the own schemata lie."""
    names = NomenklaturaNames(load_model(link.recv()))
    while True:
        try:
            pairs = link.recv()
        except EOFError:
            return
        link.send(names.scores(pairs))


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])))
