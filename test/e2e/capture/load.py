"""Sends a request over many connections: load.py PORT COUNT HEX. It must not know what answers."""
import concurrent.futures
import socket
import sys

port, count, request = int(sys.argv[1]), int(sys.argv[2]), bytes.fromhex(sys.argv[3])


def one(_):
    try:
        with socket.create_connection(("127.0.0.1", port), 20) as connection:
            connection.settimeout(20)
            connection.sendall(request)
            while connection.recv(65536):
                pass
    except OSError:
        pass


with concurrent.futures.ThreadPoolExecutor(4) as pool:
    list(pool.map(one, range(count)))
