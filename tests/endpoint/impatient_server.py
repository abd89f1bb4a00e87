"""`serve`, but no request may take any time at all.

python -m tests.endpoint.impatient_server serve --port 0 --data DIR
"""

import sys
from pathlib import Path

from precheck.endpoint.opening import open_store


def main(folder: Path) -> None:
    open_store(folder)
    from django.core.wsgi import get_wsgi_application

    from precheck.endpoint import serving

    serving.SLOWEST = -1
    serving.serve(get_wsgi_application(), folder, "127.0.0.1", 0)


if __name__ == "__main__":
    main(Path(sys.argv[sys.argv.index("--data") + 1]))
