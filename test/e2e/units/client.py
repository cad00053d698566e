"""Sends tagged requests over kept-alive connections, and says which bytes of which connection were whose.

client.py PROTOCOL PORT CLIENTS REQUESTS OUT: each client has one connection and sends its requests one after another;
or one session for each, where the protocol has sessions. A key to log in with lies beside OUT.
OUT gets a JSON object for each request: its tag, the client's port, and where its bytes and those of its answer begin
and end in the connection. It must not know what answers, nor how that is recorded.
"""
import ftplib
import json
import os
import random
import socket
import struct
import subprocess
import sys
import threading
import time

protocol, port, clients, requests, out = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]


class Connection:
    def __init__(self):
        self.socket = socket.create_connection(("127.0.0.1", port), 60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = self.socket.getsockname()[1]
        self.sent = self.received = 0
        self.buffer = b""

    def send(self, data):
        self.sent += len(data)
        self.socket.sendall(data)

    def more(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError(f"connection {self.port} ended")
        self.received += len(data)
        self.buffer += data

    def take(self, count):
        while len(self.buffer) < count:
            self.more()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def until(self, end):
        while end not in self.buffer:
            self.more()
        return self.take(self.buffer.index(end) + len(end))


class Http:
    # Bytes at a request's end that the server reads with whatever comes next.
    tail = 0
    # A connection for each request.
    once = False

    def login(self, c):
        pass

    def ask(self, c, tag):
        c.send(f"GET /f/{tag}.html HTTP/1.1\r\nHost: x\r\nX-Tag: {tag}\r\n\r\n".encode())
        head = c.until(b"\r\n\r\n").lower()
        if b"transfer-encoding: chunked" in head:
            while True:
                size = int(c.until(b"\r\n"), 16)
                c.take(size + 2)
                if size == 0:
                    return
        c.take(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))

    def quit(self, c):
        pass


class FastCgi(Http):
    # An empty record, which says that there is no input.
    tail = 8
    keep = 1

    def ask(self, c, tag):
        def record(kind, content):
            return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content

        script = "/srv/app.php"
        values = {"SCRIPT_NAME": script, "SCRIPT_FILENAME": script, "REQUEST_METHOD": "GET", "QUERY_STRING": f"tag={tag}"}
        pairs = b"".join(bytes([len(k), len(v)]) + k.encode() + v.encode() for k, v in values.items())
        begin = record(1, bytes([0, 1, self.keep, 0, 0, 0, 0, 0]))
        c.send(begin + record(4, pairs) + record(4, b"") + record(5, b""))
        while True:
            _, kind, _, length, padding, _ = struct.unpack(">BBHHBB", c.take(8))
            c.take(length + padding)
            if kind == 3:
                return


class FastCgiOnce(FastCgi):
    keep = 0
    once = True


class Redis(Http):
    def ask(self, c, tag):
        words = ["SET", tag, "value of " + tag]
        c.send("".join([f"*{len(words)}\r\n"] + [f"${len(w)}\r\n{w}\r\n" for w in words]).encode())
        c.until(b"\r\n")


class Memcached(Http):
    def ask(self, c, tag):
        c.send(f"set {tag} 0 0 5\r\nhello\r\n".encode())
        c.until(b"\r\n")


class Mysql(Http):
    def packet(self, c):
        length = int.from_bytes(c.take(4)[:3], "little")
        return c.take(length)

    def login(self, c):
        self.packet(c)
        flags = 0x200 | 0x8000 | 0x80000 | 0x8
        body = struct.pack("<IIB23x", flags, 1 << 24, 33) + b"root\0" + b"\0" + b"mysql\0" + b"mysql_native_password\0"
        c.send(len(body).to_bytes(3, "little") + b"\1" + body)
        answer = self.packet(c)
        if answer[0] == 0xFE:
            c.send(b"\0\0\0\3")
            answer = self.packet(c)
        if answer[0] != 0:
            raise EOFError(f"refused: {answer!r}")

    def ask(self, c, tag):
        body = b"\3" + f"select '{tag}'".encode()
        c.send(len(body).to_bytes(3, "little") + b"\0" + body)
        columns = self.packet(c)[0]
        for _ in range(columns):
            self.packet(c)
        self.packet(c)
        while True:
            row = self.packet(c)
            if row[0] == 0xFE and len(row) < 9:
                return

    def quit(self, c):
        c.send(b"\1\0\0\0\1")


class Ssh:
    """A session for each request; the server says the client's port, and all bytes of it are the request's."""

    def session(self, tag):
        words = ["ssh", "-F", "none", "-q", "-T", "-i", os.path.join(os.path.dirname(out), "key"), "-p", str(port), "-l", tag]
        options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "IdentitiesOnly=yes", "ConnectTimeout=60"]
        words += [word for option in options for word in ("-o", option)]
        asked = f"echo $SSH_CONNECTION; read page < /srv/f/{tag}.html; echo $page"
        done = subprocess.run(words + ["127.0.0.1", asked], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        lines = done.stdout.splitlines()
        if done.returncode != 0 or lines[1:] != [f"the page of {tag}"]:
            raise EOFError(f"{tag}: {done.returncode} {done.stdout!r} {done.stderr!r}")
        return [int(lines[0].split()[1])]


class Ftp:
    """A session for each request, with a connection of its own for what it gets."""

    def session(self, tag):
        with ftplib.FTP() as ftp:
            ftp.connect("127.0.0.1", port, 60)
            ports = [ftp.sock.getsockname()[1]]
            ftp.login("ftp", f"{tag}@client")
            with ftp.transfercmd(f"RETR /f/{tag}.html") as data:
                ports.append(data.getsockname()[1])
                while data.recv(65536):
                    pass
            ftp.voidresp()
            ftp.quit()
            return ports


# More than any connection has.
whole = [0, 1 << 40]
sessions = {"ssh": Ssh, "ftp": Ftp}
protocols = {"http": Http, "fastcgi": FastCgi, "fastcgi-once": FastCgiOnce, "redis": Redis, "memcached": Memcached, "mysql": Mysql}
rows = []
failures = []
together = threading.Barrier(clients)


def work_by_sessions(number):
    chance = random.Random(number)
    speaks = sessions[protocol]()
    together.wait(60)
    for request in range(requests):
        tag = f"t{number:02}r{request:02}"
        begun = time.time_ns() // 1000
        ports = speaks.session(tag)
        rows.extend({"tag": tag, "port": of, "sent": whole, "received": whole, "begun_us": begun} for of in ports)
        time.sleep(chance.random() * 0.02)


def work(number):
    chance = random.Random(number)
    speaks = protocols[protocol]()
    together.wait(60)
    c = Connection()

    def part(tag, act, *words):
        nonlocal c
        if speaks.once and c.sent > 0:
            c.socket.close()
            c = Connection()
        begun = (c.sent, c.received)
        try:
            act(c, *words)
        except (EOFError, ConnectionError):
            # A server may end a connection that rests; then the request was for nobody.
            if c.received > begun[1]:
                raise
            c = Connection()
            begun = (0, 0)
            act(c, *words)
        rows.append({"tag": tag, "port": c.port, "sent": [begun[0], max(begun[0], c.sent - speaks.tail)], "received": [begun[1], c.received]})

    part(f"t{number:02}login", speaks.login)
    for request in range(requests):
        part(f"t{number:02}r{request:02}", speaks.ask, f"t{number:02}r{request:02}")
        time.sleep(chance.random() * 0.02)
    part(f"t{number:02}quit", speaks.quit)
    c.socket.close()


def attempt(number):
    try:
        (work_by_sessions if protocol in sessions else work)(number)
    except Exception as error:
        failures.append(f"client {number}: {error!r}")


threads = [threading.Thread(target=attempt, args=(number,)) for number in range(clients)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
with open(out, "w") as file:
    for row in rows:
        if row["sent"][0] != row["sent"][1] or row["received"][0] != row["received"][1]:
            file.write(json.dumps(row) + "\n")
if failures:
    sys.exit("; ".join(failures[:3]))
