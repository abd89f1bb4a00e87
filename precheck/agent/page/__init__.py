"""The local page: the session of the terminal, for people who have never seen one.

    flow.py        what the person does, one method each, over the same `Session`
    view.py        all that a page shows, as one snapshot
    media.py       what the page saw and heard, beside what the probe found
    server.py      HTTP on 127.0.0.1 for one page, and guard.py, which decides who is answered
    presence.py    whether the page is still there
    hand_over.py   how a browser gets to the page without anybody else learning how
    only_one.py    one page per person: a second start brings back the first
    settings_screens.py   the screens of the system that can be opened, by id
    run.py         `precheck page`

What another process, page or person on the same machine can do: get the files of `static/`, which
are the same for everybody. Everything else needs the secret that only the person's own page has.
"""
