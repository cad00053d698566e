"""Control flow of every kind."""
import asyncio
import contextlib
import threading


def traced(function):
    def inner(*args):
        print("calling")
        result = function(*args)
        print("called")
        return result

    return inner


@traced
def decorated(value):
    print("decorated", value)


def retry(action, times):
    for _ in range(times):
        try:
            return action()
        except OSError:
            print("once more")
        else:
            print("never")
    print("gave up")
    raise SystemExit(1)


def loops(rows):
    while True:
        if not rows:
            print("empty")
            break
        row = rows.pop()
        if row is None:
            continue
        print("row", row)
    for row in rows:
        if row:
            break
    else:
        print("no row")


def nested(flag):
    try:
        try:
            if flag:
                return "early"
            raise KeyError(flag)
        finally:
            print("inner finally")
    except (KeyError, ValueError):
        print("caught")
    finally:
        print("outer finally")
    print("after")
    return "late"


def matched(command):
    match command:
        case "go" if command:
            print("go")
        case ["turn", side]:
            print("turn", side)
        case _:
            print("stay")


async def worker(name):
    async with asyncio.Lock():
        await asyncio.sleep(0)
        print("worker", name)


async def main():
    await worker("a")
    await asyncio.gather(worker("b"), worker("c"))
    with contextlib.suppress(OSError):
        print("may fail")
    print(*map(lambda x: print("mapped", x), [1]))


def recursive(n):
    print("down", n)
    if n:
        recursive(n - 1)
    print("up", n)


if __name__ == "__main__":
    decorated(1)
    retry(lambda: print("trying"), 3)
    loops([1, None])
    nested(1) or print("nothing")
    matched("go")
    recursive(2)
    threading.Thread(target=recursive, args=(1,)).start()
    asyncio.run(main())
