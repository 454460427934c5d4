# A mail server for tests: smtp_server.py PORT MODE FOLDER. It prints "ready", then every mail it
# takes as one line of JSON. MODE: plain; starttls or tls, both only after log-in as "cloud" with
# the password "opensesame"; busy (answers 451 to the first mail); refuse (answers 550 to all); later
# (451 to every recipient); unknown (550 5.1.1 to every recipient); policy (554 5.7.1 to all);
# hang (never answers a connection); slam (closes it at once).
import asyncio, base64, email, email.policy, json, ssl, subprocess, sys
from aiosmtpd.smtp import SMTP, AuthResult

port, mode, folder = int(sys.argv[1]), sys.argv[2], sys.argv[3]


def say(line):
    print(line, flush=True)


class Handler:
    n_mails = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if mode == "later":
            return "451 4.3.0 Try again later"
        if mode == "unknown":
            return "550 5.1.1 No such person here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        Handler.n_mails += 1
        if mode == "refuse":
            return "550 No such person here"
        if mode == "policy":
            return "554 5.7.1 Not wanted here"
        if mode == "busy" and Handler.n_mails == 1:
            return "451 Try again later"
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        part = lambda kind: mail.get_body((kind,)).get_content() if mail.get_body((kind,)) else ""
        say(json.dumps({
            "envelope_from": envelope.mail_from,
            "envelope_to": envelope.rcpt_tos,
            "headers": [[key, str(value)] for key, value in mail.items()],
            "text": part("plain"),
            "html": part("html"),
            "tls": session.ssl is not None or mode == "tls",
            "user": session.auth_data or "",
            "raw": base64.b64encode(envelope.content).decode(),
        }))
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    right = data.login == b"cloud" and data.password == b"opensesame"
    return AuthResult(success=right, handled=right, auth_data="cloud" if right else None)


def tls_context():
    certificate, key = folder + "/certificate.pem", folder + "/key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-addext", "basicConstraints=critical,CA:FALSE", "-keyout", key, "-out", certificate],
        check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


class Silent(asyncio.Protocol):
    pass


class Slamming(asyncio.Protocol):
    def connection_made(self, transport):
        transport.close()


async def main():
    loop = asyncio.get_running_loop()
    secure = mode in ("starttls", "tls")
    context = tls_context() if secure else None

    def protocol():
        if mode == "hang":
            return Silent()
        if mode == "slam":
            return Slamming()
        if not secure:
            return SMTP(Handler(), loop=loop)
        return SMTP(Handler(), loop=loop, authenticator=authenticate, auth_required=True,
                    tls_context=context if mode == "starttls" else None,
                    require_starttls=mode == "starttls", auth_require_tls=mode == "starttls")

    server = await loop.create_server(protocol, ["127.0.0.1", "::1"], port, ssl=context if mode == "tls" else None)
    say("ready")
    await server.serve_forever()


asyncio.run(main())
