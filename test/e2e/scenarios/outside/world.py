"""The world outside of what is recorded: people who ask servers, and servers that take what is sent to them.

Reads one JSON object a line and answers each by one, in order. It must not know scenarios.
  {"do": "request", "from": address, "to": [address, port], "method", "path", "headers", "body"}
      -> {"client": "address:port", "status", "headers": [[name, value], ...], "body", "from", "until"} (times in ns)
  {"do": "listen", "address", "port"} -> {}
  {"do": "serve", "address", "port", "pages": {path: text}} -> {}: these over HTTP
  {"do": "received", "address", "port"} -> {"received": [{"client", "text"}, ...]}, as soon as there is one
"""
import http.client
import http.server
import itertools
import json
import socket
import sys
import threading
import time

BYTES_MAX = 1 << 20
SECONDS_MAX = 90
# Others have these addresses, too: of what the kernel gives them, a port can come again.
ports = itertools.count(20_000)
received = {}


def request(order):
    connection = http.client.HTTPConnection(*order["to"], timeout=60, source_address=(order["from"], next(ports)))
    connection.connect()
    client = "%s:%d" % connection.sock.getsockname()
    begun = time.time_ns()
    connection.request(order["method"], order["path"], order["body"], order["headers"])
    response = connection.getresponse()
    body = response.read(BYTES_MAX).decode("utf-8", "replace")
    connection.close()
    times = {"from": str(begun), "until": str(time.time_ns())}
    return {"client": client, "status": response.status, "headers": response.getheaders(), "body": body, **times}


def take(server, notes):
    while True:
        connection, peer = server.accept()
        with connection:
            connection.settimeout(10)
            data = b""
            try:
                while len(data) < BYTES_MAX and (chunk := connection.recv(65536)):
                    data += chunk
            except OSError:
                pass
        notes.append({"client": "%s:%d" % peer, "text": data.decode("utf-8", "replace")})


def listen(order):
    place = (order["address"], order["port"])
    received[place] = []
    threading.Thread(target=take, args=(socket.create_server(place), received[place]), daemon=True).start()
    return {}


def serve(order):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            text = order["pages"].get(self.path)
            self.send_response(404 if text is None else 200)
            self.end_headers()
            self.wfile.write((text or "").encode())

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer((order["address"], order["port"]), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return {}


def answer(order):
    if order["do"] == "request":
        return request(order)
    if order["do"] == "listen":
        return listen(order)
    if order["do"] == "serve":
        return serve(order)
    notes = received[(order["address"], order["port"])]
    end = time.monotonic() + SECONDS_MAX
    while not notes and time.monotonic() < end:
        time.sleep(0.02)
    return {"received": notes}


for line in sys.stdin:
    try:
        print(json.dumps(answer(json.loads(line))), flush=True)
    except OSError as error:
        print(json.dumps({"error": str(error)}), flush=True)
