"""A forward proxy that leads every name to one server of this computer."""

import socket
import threading
from contextlib import suppress
from types import TracebackType
from urllib.parse import urlsplit

HEAD_END = b"\r\n\r\n"


class ForwardProxy:
    def __init__(self, port: int, refuse_with: int | None = None) -> None:
        """`port`: of the server."""
        self.requests: list[str] = []
        """The first line of each request."""
        self.authorizations: list[str] = []
        self._port = port
        self._refuse_with = refuse_with
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> "ForwardProxy":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._socket.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            head = b""
            while HEAD_END not in head and (some := client.recv(65536)):
                head += some
            if HEAD_END in head:
                self._pass_on(client, head)

    def _pass_on(self, client: socket.socket, head: bytes) -> None:
        line, _, rest = head.partition(b"\r\n")
        self.requests.append(line.decode())
        names = (one for one in rest.decode("latin-1").split("\r\n"))
        self.authorizations += [
            one for one in names if one.lower().startswith("proxy-authorization:")
        ]
        if self._refuse_with:
            client.sendall(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % self._refuse_with)
            return
        with socket.create_connection(("127.0.0.1", self._port)) as server:
            method, target, version = line.decode().split(" ")
            if method == "CONNECT":
                client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            else:
                parts = urlsplit(target)
                path = f"{parts.path}?{parts.query}" if parts.query else parts.path
                server.sendall(f"{method} {path} {version}\r\n".encode() + rest)
            back = threading.Thread(target=_pipe, args=(server, client), daemon=True)
            back.start()
            _pipe(client, server)
            back.join()


def _pipe(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while some := source.recv(65536):
            target.sendall(some)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
