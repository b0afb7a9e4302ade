"""A real SMTP server for the tests, and an independent parser of the received messages.

    smtp.py serve FOLDER [--port PORT] [--envelopes] [--certificate PEM --key PEM] [--tls] [--user USER --password PASSWORD]
    smtp.py read FILE

`serve` prints its port, stores each message in FOLDER as JSON, and ends when its standard input
ends. With --envelopes it parses no message and writes one line for each to FOLDER/envelopes: its Message-ID
and its recipient. The recipient's local part, up to a +, chooses the reply: later (451), never (550),
hang (no reply), cut (the connection is closed after the message), cut-once (the same, but only the
first time), held (the message is accepted when the file FOLDER/release exists), late-never (550 after
the message). `read` prints the JSON of a message file.
"""

import argparse
import asyncio
import email
import email.policy
import json
import os
import re
import ssl
import sys
import threading

from aiosmtpd.smtp import SMTP, AuthResult


def read(message):
    """A message as Python's own e-mail package understands it."""
    parsed = email.message_from_bytes(message, policy=email.policy.default)
    bodies = {part.get_content_type(): part.get_content() for part in parsed.walk() if not part.is_multipart()}
    return {
        "kind": parsed.get_content_type(),
        "headers": [[name, str(value)] for name, value in parsed.items()],
        "to": [[address.display_name, address.addr_spec] for address in parsed["to"].addresses],
        "from": [[address.display_name, address.addr_spec] for address in parsed["from"].addresses],
        "date": parsed["date"].datetime.isoformat(),
        "text": bodies.get("text/plain"),
        "html": bodies.get("text/html"),
        "defects": [repr(d) for part in parsed.walk() for d in part.defects],
        "longest_line": max(len(line) for line in message.split(b"\n")),
        "raw": message.decode("latin-1"),
    }


class Handler:
    def __init__(self, folder, envelopes):
        self.folder = folder
        self.envelopes = open(os.path.join(folder, "envelopes"), "a", encoding="utf-8") if envelopes else None
        self.count = 0
        self.sessions = []
        self.cut = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        how = kind(address)
        if how == "later":
            return "451 4.3.0 come again"
        if how == "never":
            return "550 5.1.1 nobody of that name"
        if how == "hang":
            await asyncio.sleep(3600)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        recipient = envelope.rcpt_tos[0]
        if self.envelopes:
            name = re.search(rb"^Message-ID: (\S+)", envelope.original_content, re.MULTILINE)[1].decode()
            print(name, recipient, file=self.envelopes, flush=True)
        else:
            self.store(server, session, envelope)
        how = kind(recipient)
        if how == "cut" or how == "cut-once" and recipient not in self.cut:
            self.cut.add(recipient)
            server.transport.abort()
        if how == "held":
            while not os.path.exists(os.path.join(self.folder, "release")):
                await asyncio.sleep(0.01)
        if how == "late-never":
            return "550 5.7.1 not wanted"
        return f"250 2.0.0 taken as {self.count}"

    def store(self, server, session, envelope):
        if session not in self.sessions:
            self.sessions.append(session)
        stored = read(envelope.original_content)
        stored["mail_from"] = envelope.mail_from
        stored["rcpt_to"] = envelope.rcpt_tos
        stored["connection"] = self.sessions.index(session)
        stored["encrypted"] = session.ssl is not None or server.transport.get_extra_info("sslcontext") is not None
        stored["signed_in"] = bool(session.authenticated)
        unfinished = os.path.join(self.folder, "unfinished")
        with open(unfinished, "w", encoding="utf-8") as file:
            json.dump(stored, file)
        os.rename(unfinished, os.path.join(self.folder, f"{self.count:04}.json"))


def kind(address):
    return re.split("[@+]", address)[0]


def serve(options):
    context = None
    if options.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.certificate, options.key)

    def authenticate(server, session, envelope, mechanism, data):
        right = data.login.decode() == options.user and data.password.decode() == options.password
        return AuthResult(success=right, handled=right)

    handler = Handler(options.folder, options.envelopes)
    starttls = context if not options.tls else None

    def connection():
        return SMTP(
            handler,
            hostname="smtp.test",
            enable_SMTPUTF8=False,
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=authenticate if options.user else None,
            auth_required=options.user is not None,
            auth_require_tls=starttls is not None,
            loop=loop,
        )

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    server = loop.run_until_complete(loop.create_server(connection, "127.0.0.1", options.port, ssl=context if options.tls else None))
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    print(server.sockets[0].getsockname()[1], flush=True)
    loop.run_forever()


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve")
    serving.add_argument("folder")
    for option in ("--certificate", "--key", "--user", "--password"):
        serving.add_argument(option)
    serving.add_argument("--port", type=int, default=0)
    serving.add_argument("--tls", action="store_true")
    serving.add_argument("--envelopes", action="store_true")
    commands.add_parser("read").add_argument("file")
    options = parser.parse_args()
    if options.command == "serve":
        serve(options)
    else:
        with open(options.file, "rb") as file:
            json.dump(read(file.read()), sys.stdout)


main()
