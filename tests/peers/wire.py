"""A wire between a browser and the service, that a test cuts and mends: what a phone in a cellar knows of the network."""

import selectors
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread


class Wire:
    """Listens on a port of its own and carries bytes to another, while it is whole."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._whole = Event()
        self._whole.set()
        self._ends: set[socket.socket] = set()
        self._over = False
        self._ear = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._ear.getsockname()[1]
        Thread(target=self._listen, daemon=True).start()

    def cut(self) -> None:
        """Nothing passes any more, and what was under way is lost."""
        self._whole.clear()
        for end in list(self._ends):
            _close(end)

    def mend(self) -> None:
        """It is whole again."""
        self._whole.set()

    def close(self) -> None:
        """For good."""
        self._over = True
        self.cut()
        _close(self._ear)

    def _listen(self) -> None:
        while not self._over:
            try:
                near, _address = self._ear.accept()
            except OSError:
                return
            if self._whole.is_set():
                Thread(target=self._carry, args=(near,), daemon=True).start()
            else:
                _close(near)

    def _carry(self, near: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", self._to)) as far, near:
            self._ends |= {near, far}
            other = {near: far, far: near}
            with selectors.DefaultSelector() as ready:
                for end in other:
                    ready.register(end, selectors.EVENT_READ)
                try:
                    while self._whole.is_set():
                        for key, _events in ready.select(1):
                            one = key.fileobj
                            assert isinstance(one, socket.socket)
                            said = one.recv(65536)
                            if not said:
                                return
                            other[one].sendall(said)
                except (OSError, ValueError):
                    return
                finally:
                    self._ends -= {near, far}


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextmanager
def wire(port: int) -> Iterator[Wire]:
    """One wire to a port of this machine."""
    made = Wire(port)
    try:
        yield made
    finally:
        made.close()
