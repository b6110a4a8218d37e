"""A TCP proxy in front of a server, which a test makes slow, failing or unavailable."""

import socket
import threading
from typing import Self

STRANGER = (
    b"HTTP/1.1 404 Not Found\r\ncontent-type: text/plain\r\n"
    b"access-control-allow-origin: *\r\ncontent-length: 18\r\nconnection: close\r\n\r\n"
    b"404 page not found"
)
"""The answer of a proxy in front of an unavailable server: not every proxy answers 502."""
FAILURE = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Outage:
    """`mode` is "up", "slow" (each connection waits `delay` seconds), "failing" (500), "strange"
    (404) or "down"."""

    def __init__(self, address: str) -> None:
        host, port = address.removeprefix("http://").split(":")
        self._target = (host, int(port))
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._ended = threading.Event()
        self.mode = "up"
        self.delay = 6.0

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join()

    def set(self, mode: str) -> None:
        """Closes open connections, which the browser would keep using."""
        self.mode = mode
        self.cut()

    def cut(self) -> None:
        with self._lock:
            for one in self._open:
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # already closed

    def _start(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        with client:
            if self.mode == "down":
                return
            if self.mode == "slow" and self._ended.wait(self.delay):
                return
            if self.mode in ("failing", "strange"):
                client.recv(65536)
                client.sendall(FAILURE if self.mode == "failing" else STRANGER)
                return
            self._join(client)

    def _join(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self._target, timeout=60)
        except OSError:
            return
        with server:
            server.settimeout(None)
            with self._lock:
                self._open |= {client, server}
            back = threading.Thread(target=_pump, args=(server, client))
            back.start()
            _pump(client, server)
            back.join()
            with self._lock:
                self._open -= {client, server}


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return  # cut
