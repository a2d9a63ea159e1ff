"""HTTP by hand, for what no HTTP client would send."""

import socket
import time


class Wire:
    """One TCP connection to a server."""

    def __init__(self, client, within=20):
        self.socket = socket.create_connection((client.host, client.port), timeout=within)
        self.host = f"{client.host}:{client.port}"
        self.deadline = time.monotonic() + within

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Hangs up."""
        self.socket.close()

    def send(self, data):
        """Sends bytes as they are; False when the server no longer listens."""
        try:
            self.socket.sendall(data)
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False

    def ask(self, method, path, headers=(), body=b""):
        """Sends a request with exactly these headers and `Host`."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}", *headers]
        return self.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)

    def status(self):
        """The status of the next answer; None when the server hung up instead."""
        line = self._until(b"\r\n")
        return int(line.split()[1]) if line.startswith(b"HTTP/1.1 ") else None

    def rest(self):
        """Everything until the server hangs up or the time is over."""
        data = b""
        try:
            while True:
                self._set_timeout()
                piece = self.socket.recv(65536)
                if not piece:
                    return data
                data += piece
        except (TimeoutError, ConnectionResetError):
            return data

    def _until(self, mark):
        data = b""
        while not data.endswith(mark):
            self._set_timeout()
            try:
                byte = self.socket.recv(1)
            except ConnectionResetError:
                return data
            if not byte:
                return data
            data += byte
        return data

    def _set_timeout(self):
        self.socket.settimeout(max(self.deadline - time.monotonic(), 0.01))
