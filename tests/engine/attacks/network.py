"""Connects to the outside, to this machine, and to other submissions by abstract sockets."""

ANSWERS = {
    "total": """\
import socket
def total(X):
    reached = []
    for address in (('1.1.1.1', 53), ('127.0.0.1', 22), ('127.0.0.1', 5432)):
        with socket.socket() as s:
            s.settimeout(0.1)
            reached += [address] if s.connect_ex(address) == 0 else []
    try:
        socket.getaddrinfo('example.org', 80)
        reached.append('names')
    except OSError:
        pass
    raise ValueError(f'reached {reached}')
"""
}
SCORES = {"total": 0}
TELLS = "reached []"
