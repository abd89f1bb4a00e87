"""`python -m precheck.endpoint`: the same as the `precheck-endpoint` command."""

from precheck.endpoint.command import main

raise SystemExit(main())
