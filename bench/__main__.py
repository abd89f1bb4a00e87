"""`python3 dev.py bench [NAME …]`: run the measurements, by default all that take no longer than a
few minutes."""

import sys
from importlib import import_module

NAMES = ("start", "page", "checks", "sweep", "lynis", "windows", "ingest", "lists")
LONG = ("million",)


def main() -> int:
    wanted = sys.argv[1:] or NAMES
    unknown = [name for name in wanted if name not in (*NAMES, *LONG)]
    if unknown:
        known = ", ".join((*NAMES, *LONG))
        print(f"there is no measurement {', '.join(unknown)}; there are: {known}")
        return 2
    for name in wanted:
        import_module(f"bench.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
