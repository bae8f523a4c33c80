"""002's life of a client by python-socketio: two guests join, meet, talk, type and part.

Takes the server's address; prints nothing and ends with 0 if all is as it should be.
"""

import asyncio
import json
import sys
import urllib.request

import socketio

PATIENCE = 20


def join(url: str, wish: dict) -> str:
    request = urllib.request.Request(
        url + "join", json.dumps(wish).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer)["success"] is True
        return answer.headers["set-cookie"].split(";")[0]


class Guest:
    def __init__(self) -> None:
        self.client = socketio.AsyncClient(reconnection=False)
        self.told: asyncio.Queue = asyncio.Queue()
        self.client.on("*", lambda name, *data: self.told.put_nowait((name, *data)))

    async def comes(self, url: str, wish: dict, transports: list[str]) -> "Guest":
        cookie = await asyncio.to_thread(join, url, wish)
        await self.client.connect(url, headers={"cookie": cookie}, transports=transports)
        assert (await self.hears("connected"))["username"] == wish["username"]
        return self

    async def hears(self, name: str) -> dict:
        told, *data = await asyncio.wait_for(self.told.get(), PATIENCE)
        assert told == name, f"{told} instead of {name}: {data}"
        return data[0]


async def live(url: str, transports: list[str]) -> None:
    al = await Guest().comes(
        url, {"username": "Al", "gender": "male", "looking_for": "female"}, transports
    )
    bea = await Guest().comes(
        url, {"username": "Bea", "gender": "female", "looking_for": "both"}, transports
    )
    await al.client.emit("find_match")
    await al.hears("waiting")
    await bea.client.emit("find_match", {"looking_for": "male"})
    assert (await al.hears("match_found"))["partner"]["username"] == "Bea"
    assert (await bea.hears("match_found"))["partner"]["gender"] == "male"
    await al.client.emit("send_message", {"message": "hi"})
    for guest in (al, bea):
        message = await guest.hears("receive_message")
        assert (message["username"], message["message"]) == ("Al", "hi")
    await bea.client.emit("typing", {"typing": True})
    assert await al.hears("partner_typing") == {"typing": True}
    await bea.client.disconnect()
    await al.hears("partner_disconnected")
    await al.client.disconnect()


async def main(url: str) -> None:
    # Polling first and then upgraded, as the client does by itself, and each alone.
    for transports in (["polling", "websocket"], ["websocket"], ["polling"]):
        await live(url, transports)


asyncio.run(main(sys.argv[1]))
