# Checks the DKIM signature of the mail on standard input with Debian's python3-dkim:
# dkim_verify.py NAME TEXT, where the DNS record NAME has the text TEXT. Prints "right" or "wrong".
import sys
import dkim

name, text = sys.argv[1], sys.argv[2]


def record(asked, timeout=5):
    asked = asked.decode() if isinstance(asked, bytes) else asked
    return text.encode() if asked.rstrip(".") == name else None


print("right" if dkim.verify(sys.stdin.buffer.read(), dnsfunc=record) else "wrong")
