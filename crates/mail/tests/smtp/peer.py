"""A real SMTP server (aiosmtpd) that behaves as its folder says.

    python3 peer.py FOLDER [CERTIFICATE KEY]

prints {"port": N} and then keeps every message it takes as FOLDER/<n>.eml and, read by Python's own parser, as
FOLDER/<n>.json. The file FOLDER/mode says how to behave, and may change at any time:

    accept      takes everything (also when there is no such file)
    mute        says nothing at all
    slow        greets after two seconds
    refuse      550 at RCPT
    later       451 at RCPT
    die         takes the message, then closes without an answer
    wait        takes the message, then answers when FOLDER/go is there
    mute-data   takes the message, then says nothing

Ends with its standard input.
"""

import asyncio
import email
import email.policy
import json
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP

FOLDER = sys.argv[1]
TLS = None
if len(sys.argv) > 3:
    TLS = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    TLS.load_cert_chain(sys.argv[2], sys.argv[3])


def mode():
    try:
        with open(os.path.join(FOLDER, "mode")) as file:
            return file.read().strip()
    except FileNotFoundError:
        return "accept"


def describe(part):
    body = part.get_payload(decode=True) if not part.is_multipart() else None
    text = part.get_content_maintype() == "text"
    return {
        "type": part.get_content_type(),
        "params": dict(part["content-type"].params) if part["content-type"] else {},
        "disposition": part.get_content_disposition(),
        "filename": part.get_filename(),
        "cid": part["content-id"],
        "text": body.decode(part.get_content_charset() or "utf-8") if text else None,
        "bytes": list(body) if body is not None and not text else None,
        "parts": [describe(inner) for inner in part.iter_parts()] if part.is_multipart() else [],
        "defects": [repr(defect) for defect in part.defects],
    }


class Handler:
    count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        now = mode()
        if now == "refuse":
            return "550 5.1.1 No such person here"
        if now == "later":
            return "451 4.7.1 Come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        Handler.count += 1
        name = os.path.join(FOLDER, str(Handler.count))
        message = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        told = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": session.ssl is not None,
            "headers": [[key, str(value)] for key, value in message.items()],
            "body": describe(message),
        }
        with open(name + ".eml", "wb") as file:
            file.write(envelope.original_content)
        with open(name + ".new", "w") as file:
            json.dump(told, file)
        os.rename(name + ".new", name + ".json")
        now = mode()
        if now == "die":
            server.transport.abort()
            await asyncio.sleep(3600)
        while now == "mute-data" or (now == "wait" and not os.path.exists(os.path.join(FOLDER, "go"))):
            await asyncio.sleep(0.02)
        return "250 2.0.0 Taken as " + str(Handler.count)


class Peer(SMTP):
    async def _handle_client(self):
        now = mode()
        if now == "mute":
            await asyncio.sleep(3600)
        if now == "slow":
            await asyncio.sleep(2)
        await super()._handle_client()


async def main():
    def protocol():
        return Peer(Handler(), hostname="peer.example", tls_context=TLS, enable_SMTPUTF8=True)

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main())
