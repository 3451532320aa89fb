"""``python -m rxeryph``: the same as the ``rxeryph`` command."""

from .cli import main

if __name__ == "__main__":
    main()
