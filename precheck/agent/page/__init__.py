"""The local page: the session of the terminal, for people who have never seen one.

    run.py         `precheck page`, as command.py was asked for it
    flow.py        what the person does, one method each, over the same `Session`; actions.py says
                   by which addresses, visit.py holds one way from a code to a receipt
    view.py        all that a page shows, as one snapshot
    media.py       what the page saw and heard, beside what the probe found
    elapsed.py     how old a finding is, sleep included
    listener.py    the port, and server.py, HTTP on it for one page
    guard.py       who is answered; entrance.py lets a page in, strangers.py bounds all others
    assets.py      the files of `static/`, and modules.py, which joins its scripts to one
    presence.py    whether the page is still there
    hand_over.py   how a browser gets to the page without anybody else learning how
    only_one.py    one page per person: a second start brings back the first
    settings_screens.py   the screens of the system that can be opened, by id

What another process, page or person on the same machine can do: get the files of `static/`, which
are the same for everybody. Everything else needs the secret that only the person's own page has.
"""
