"""`precheck page`, with what the program was started with and what came with it."""

import argparse
from dataclasses import replace

from precheck.agent.companions import chosen_endpoint, code_in_name, program
from precheck.agent.errors import BadSettings
from precheck.agent.page.run import Given, serve
from precheck.contract.code import parse_code
from precheck.contract.wording import Language


def page(options: argparse.Namespace) -> int:
    """`precheck page`"""
    code = options.code if options.code is not None else code_in_name(program())
    given = Given(code=None if code is None else parse_code(code))
    try:
        given = replace(given, endpoint=chosen_endpoint(options.endpoint))
    except BadSettings as error:
        # It is not the person's doing, and they can go on without.
        given = replace(given, problem=error)
    return serve(Language(options.lang), given, opened=not options.no_open)
