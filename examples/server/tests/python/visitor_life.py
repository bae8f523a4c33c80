"""001's life of a client by python-socketio: one socket finds a partner, another talks.

Takes the server's address; prints nothing and ends with 0 if all is as it should be.
"""

import asyncio
import secrets
import sys
import time

import socketio

PATIENCE = 20


class Page:
    def __init__(self) -> None:
        self.client = socketio.AsyncClient(reconnection=False)
        self.told: asyncio.Queue = asyncio.Queue()
        self.client.on("*", lambda name, *data: self.told.put_nowait((name, *data)))

    async def opens(self, url: str, transports: list[str]) -> "Page":
        await self.client.connect(url, transports=transports)
        return self

    async def hears(self, name: str) -> tuple:
        told, *data = await asyncio.wait_for(self.told.get(), PATIENCE)
        assert told == name, f"{told} instead of {name}: {data}"
        return tuple(data)


async def seeks(url: str, nickname: str, gender: str, transports: list[str]) -> Page:
    page = await Page().opens(url, transports)
    profile = {
        "nickname": nickname,
        "gender": gender,
        "matchPreference": "Any",
        "deviceId": secrets.token_hex(16),
        "bio": "a friendly biography",
        "genderVerified": True,
    }
    await page.client.emit("join_queue", profile)
    return page


async def enters(url: str, page: Page, transports: list[str]) -> tuple[Page, dict]:
    (match,) = await page.hears("match_found")
    await page.client.disconnect()
    second = await Page().opens(url, transports)
    await second.client.emit("join_room", match["roomId"])
    return second, match


async def live(url: str, transports: list[str]) -> None:
    first = await seeks(url, "Alan", "M", transports)
    other = await seeks(url, "Bea", "F", transports)
    al, to_al = await enters(url, first, transports)
    bea, to_bea = await enters(url, other, transports)
    assert to_al["partner"]["nickname"] == "Bea" and to_bea["partner"]["gender"] == "M"
    await al.client.emit("send_message", {"roomId": to_al["roomId"], "message": "hi"})
    (message,) = await bea.hears("receive_message")
    assert message["text"] == "hi" and message["senderId"] == to_bea["partner"]["deviceId"]
    assert abs(message["timestamp"] / 1000 - time.time()) < 60
    await bea.client.emit("typing", {"roomId": to_bea["roomId"], "isTyping": True})
    assert await al.hears("partner_typing") == ({"isTyping": True},)
    await al.client.emit("leave_chat", to_al["roomId"])
    assert await bea.hears("partner_left") == ()
    await al.client.disconnect()
    await bea.client.disconnect()


async def main(url: str) -> None:
    # Polling first and then upgraded, as the client does by itself, and each alone.
    for transports in (["polling", "websocket"], ["websocket"], ["polling"]):
        await live(url, transports)


asyncio.run(main(sys.argv[1]))
