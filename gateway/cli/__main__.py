"""`python -m gateway.cli`: the same as `entente`."""

from gateway.cli import main

main()
