"""A browser's worth of HTTP: cookies, one source address, and a record of what was really sent and when.

It must not know scenarios or services.
"""

import http.client
import json
import threading
import time
import urllib.parse

SERVER = ("10.77.0.10", 80)
_lock = threading.Lock()


def now():
    """RFC 3339 with nanoseconds, UTC."""
    ns = time.time_ns()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ns // 10**9)) + f".{ns % 10**9:09d}Z"


class Session:
    def __init__(self, address, log, keep_alive=False, agent="recorder"):
        self.address = address
        self.log = log
        self.keep_alive = keep_alive
        self.agent = agent
        self.cookies = {}
        self.connection = None

    def request(self, method, path, form=None, what=None):
        """Sends one request and returns its status. An operational failure raises OSError or HTTPException."""
        headers = {"User-Agent": self.agent, "Connection": "keep-alive" if self.keep_alive else "close"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if form is not None:
            body = urllib.parse.urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if self.connection is None or self.connection.sock is None:
            self.connection = http.client.HTTPConnection(*SERVER, timeout=30, source_address=(self.address, 0))
            self.connection.connect()
        port = self.connection.sock.getsockname()[1]
        started = now()
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        response.read()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        if not self.keep_alive or response.will_close:
            self.close()
        self._note(
            {
                "client": self.address,
                "port": port,
                "what": what,
                "method": method,
                "path": path,
                "user": (form or {}).get("user"),
                "status": response.status,
                "start": started,
                "end": now(),
            }
        )
        return response.status

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _note(self, entry):
        with _lock:
            self.log.write(json.dumps(entry) + "\n")
            self.log.flush()
