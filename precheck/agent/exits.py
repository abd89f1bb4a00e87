"""What the exit code of `precheck` says."""

READY, NOT_READY, WRONG_USAGE, ATTENTION, COULD_NOT_RUN = 0, 1, 2, 3, 4

EXIT_CODES = """\
exit codes:
  0  ready          1  not ready (something has to be fixed)
  3  attention (something could not be told, or should be looked at)
  2  wrong usage (an unknown check, office or code included)
  4  the checks could not be run, or the report could not be delivered"""
