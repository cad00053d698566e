"""Listens at an address outside, takes what comes, and notes who connected, when, and how many bytes came.

Arguments: ADDRESS PORT LOG
"""

import json
import socket
import sys

from session import now

BYTES_MAX = 1 << 20


def main(address, port, log_path):
    with socket.create_server((address, int(port))) as server, open(log_path, "a", encoding="utf-8") as log:
        while True:
            connection, peer = server.accept()
            start = now()
            size = 0
            with connection:
                connection.settimeout(10)
                while size < BYTES_MAX and (chunk := connection.recv(65536)):
                    size += len(chunk)
            note = {"from": f"{peer[0]}:{peer[1]}", "to": f"{address}:{port}", "start": start, "end": now(), "bytes": size}
            log.write(json.dumps(note) + "\n")
            log.flush()


main(*sys.argv[1:])
