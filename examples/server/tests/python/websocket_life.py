"""Two WebSockets by two clients of Python: they meet, talk in whole frames and in pieces, and part."""

import asyncio
import json
import sys

import aiohttp
import websockets

PATIENCE = 20


def address(url: str, device: str) -> str:
    return f"{url.replace('http', 'ws')}ws?device_id=python-{device}-0123456789abcdef"


async def hear(receive, kind: str) -> dict:
    """The next frame of a kind; others before it are passed over."""
    async with asyncio.timeout(PATIENCE):
        while True:
            frame = json.loads(await receive())
            if frame["type"] == kind:
                return frame


async def main(url: str) -> None:
    join = json.dumps({"action": "join", "filter": "any", "nickname": "someone"})
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(address(url, "one")) as one,
        websockets.connect(address(url, "two")) as two,
    ):
        await one.send_str(join)
        await two.send(join)
        await asyncio.gather(hear(one.receive_str, "matched"), hear(two.recv, "matched"))

        await one.send_str(json.dumps({"action": "msg", "text": "from one"}))
        assert (await hear(two.recv, "msg"))["text"] == "from one"
        whole = json.dumps({"action": "msg", "text": "from two, in pieces"})
        await two.send([whole[:7], whole[7:20], whole[20:]])
        assert (await hear(one.receive_str, "msg"))["text"] == "from two, in pieces"

        async with asyncio.timeout(PATIENCE):
            await (await two.ping(b"still there?"))
            await two.close(3456, "that was it")
        assert two.close_code == 3456, two.close_code
        assert (await hear(one.receive_str, "peer_left"))["type"] == "peer_left"
        async with asyncio.timeout(PATIENCE):
            await one.close()
        assert one.close_code == 1000, one.close_code


asyncio.run(main(sys.argv[1]))
