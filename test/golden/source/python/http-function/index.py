"""Serves one function over HTTP, as a function platform's Python template does."""
import json
import logging
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from function import handler

logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")


class Event:
    def __init__(self, request, body):
        self.body = body
        self.headers = request.headers
        self.method = request.command
        self.path = request.path


def format_status_code(res):
    if isinstance(res, dict) and "statusCode" in res:
        return res["statusCode"]
    return 200


def format_body(res):
    if isinstance(res, dict) and "body" in res:
        return json.dumps(res["body"])
    print("function returned no body")
    return ""


class Listener(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        event = Event(self, self.rfile.read(length))
        try:
            res = handler.handle(event, None)
        except Exception as error:
            logging.exception("function raised %s", type(error).__name__, exc_info=False)
            res = {"statusCode": 500, "body": str(error)}
        self.send_response(format_status_code(res))
        self.end_headers()
        self.wfile.write(format_body(res).encode())

    def log_message(self, *args):
        pass


if __name__ == "__main__":
    port = int(os.environ.get("PORT", "5000"))
    server = HTTPServer(("127.0.0.1", port), Listener)
    print(f"listening on {port}", flush=True)
    server.serve_forever()
