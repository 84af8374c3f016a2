"""Lets `python -m bot` be the same as `chaperone`."""

from bot.cli import main

main()
