"""`python3 dev.py bench [NAME …]`: run the measurements, all of them by default."""

import sys
from importlib import import_module

NAMES = ("start", "page", "checks", "sweep", "lynis", "windows", "ingest")


def main() -> int:
    wanted = sys.argv[1:] or NAMES
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        print(f"there is no measurement {', '.join(unknown)}; there are: {', '.join(NAMES)}")
        return 2
    for name in wanted:
        import_module(f"bench.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
