"""The dashboard: levers moved by hand, re-simulated on a sample while one watches; run folders opened and compared.

    address.py   a view as the query of its URL, and the plan in it as a scenario file
    desk.py      live runs: who waits for what, cells on warm processes, outdated ones stopped
    whole.py     the whole zone at the press of a button, with progress
    levers.py  parts.py  pages.py       what stands on the pages
    app.py  moving.py  looking.py       what happens when: the address is the one state, controls write it, pages read it
    files.py     every view's numbers as files
    server.py    the address on this machine that it listens on
Nothing is computed here that the command line would not compute. Not here: charts and tables (`sim/report`), comparisons (`sim/study`), any model.
"""
