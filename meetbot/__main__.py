"""`meetbot` and `python -m meetbot`."""

from __future__ import annotations

from meetbot.cli.root import main

if __name__ == "__main__":
    main()
