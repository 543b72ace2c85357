"""The dashboard: levers moved by hand, re-simulated on a sample while one watches; run folders opened and compared.

    address.py   a view as the query of its URL, and the plan in it as a scenario
    desk.py      live runs: who waits for what, cells on warm processes, outdated ones stopped
    whole.py     the whole zone at the press of a button, with progress
    evidence of what is shown: the run folders themselves; nothing is computed here that the command line would not compute
    parts.py  levers.py  pages.py   what is on the page
    files.py     every view's numbers as files
    app.py       what happens when; server.py   the address that it listens on
Not here: charts and tables (`sim/report`), comparisons (`sim/study`), any model.
"""
