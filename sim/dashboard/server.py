"""The dashboard as a server on an address of this machine, until it is interrupted.

Not here: the application (`app.py`), the options (`sim/cli/dashboard.py`).
"""

import errno
import signal
import socket
from collections.abc import Callable
from pathlib import Path

from sim.dashboard.app import create
from sim.dashboard.desk import Desk
from sim.dashboard.whole import Whole
from sim.errors import MachineError
from sim.words import language, say

REQUESTS = 12  # answered at the same time; most of them wait for a disk or for another one


def serve(host: str, port: int, runs: Path, read_only: bool, households: int, seeds: tuple[int, ...], ready: Callable[[str], None]) -> None:
    """Answer until interrupted, then raise KeyboardInterrupt; `ready(address)` is called once pages can be opened.

    Raises MachineError where the address cannot be had, before anything is computed.
    """
    import waitress

    with bound(host, port) as listening:
        desk = Desk(households, seeds)
        whole = None if read_only else Whole(runs)
        try:
            app = create(desk, whole, runs, language())
            server = waitress.create_server(app.server, sockets=[listening], threads=REQUESTS, ident=None)
            signal.signal(signal.SIGTERM, signal.default_int_handler)  # a service that is stopped cleans up as after Ctrl-C
            shown = "localhost" if host == "127.0.0.1" else f"[{host}]" if ":" in host else host
            ready(f"http://{shown}:{listening.getsockname()[1]}/")
            server.run()  # returns at an interrupt
        finally:
            if whole is not None:
                whole.end()
            desk.close()
    raise KeyboardInterrupt


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises MachineError with what to do instead."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            text, hint = say("dash.port_busy", port=port), say("dash.port_busy.hint", other=port + 1)
        elif problem.errno in (errno.EACCES, errno.EPERM):
            text, hint = say("dash.port_denied", port=port), say("dash.port_busy.hint", other=8050)
        else:
            text, hint = say("dash.host", problem=problem.strerror or str(problem)), say("dash.host.hint")
        raise MachineError(text, kind="port", where=f"{host}:{port}", hint=hint) from problem
