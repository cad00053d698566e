"""What an agent on the host knows of the containers: sampled, so that a short-lived process may be missing.

Writes one line for each container whenever its processes change, and at least every five seconds.
Arguments: OUTPUT WORK NAME=ADDRESS...   (WORK/NAME/pid appears when the container starts)
"""

import json
import os
import sys
import time

SAMPLE_SECONDS = 0.05
REPEAT_SECONDS = 5.0


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""


def rfc3339(ns):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ns // 10**9)) + f".{ns % 10**9:09d}Z"


def namespace_of(pid):
    try:
        return os.readlink(f"/proc/{pid}/ns/pid")
    except OSError:
        return None


def process(pid, namespace):
    """[host pid, namespace pid, comm], or None when the process is gone or has not entered the namespace yet."""
    if namespace_of(pid) != namespace:
        return None
    status = dict(line.split(":\t", 1) for line in read(f"/proc/{pid}/status").splitlines() if ":\t" in line)
    if "NSpid" not in status:
        return None
    return [pid, int(status["NSpid"].split()[-1]), status["Name"]]


def sample(work, name, address):
    init = read(f"{work}/{name}/pid").strip()
    if not init:
        return None
    group = read(f"/proc/{init}/cgroup")
    unified = next((line[3:] for line in group.splitlines() if line.startswith("0::")), None)
    if unified is None:
        return None
    container = os.path.basename(unified)
    namespace = namespace_of(init)
    directory = read(f"{work}/cgroup-parent").strip()
    procs = [int(pid) for pid in read(f"{directory}/{container}/cgroup.procs").split()]
    return {
        "container": name,
        "id": container,
        "image": f"lamp-{name}",
        "initPid": int(init),
        "addresses": [address],
        "cgroup": unified,
        "pids": sorted(entry for pid in procs if (entry := process(pid, namespace))),
    }


def main(output, work, *containers):
    named = [container.split("=") for container in containers]
    last = {}
    with open(output, "a", encoding="utf-8") as file:
        while True:
            for name, address in named:
                time_ns = time.time_ns()
                seen = sample(work, name, address)
                old, at = last.get(name, (None, 0))
                if seen and (seen != old or time_ns - at > REPEAT_SECONDS * 1e9):
                    file.write(json.dumps({"time": rfc3339(time_ns), **seen}, separators=(",", ":")) + "\n")
                    file.flush()
                    last[name] = (seen, time_ns)
            time.sleep(SAMPLE_SECONDS)


main(*sys.argv[1:])
