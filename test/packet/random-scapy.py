"""Prints what Scapy reads in capture files: one JSON line a frame, a list of [layer, {field: value}] pairs."""
import json
import logging
import sys

logging.getLogger("scapy").setLevel(logging.CRITICAL)
from scapy.all import NoPayload, Packet, PcapReader  # noqa: E402
from scapy.contrib import chdlc, erspan, geneve, gtp, igmp, igmpv3, lacp, macsec, mpls, nsh  # noqa: E402, F401
from scapy.layers import all as layers, http  # noqa: E402, F401

LARGEST = 2**53


def plain(value):
    """A value as JSON can have it: bytes as hex, numbers that JSON cannot hold as text."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (bytes, bytearray)):
        return "hex:" + bytes(value).hex()
    if isinstance(value, Packet):
        return chain(value)
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    try:
        number = int(value)
    except (TypeError, ValueError):
        return str(value)
    return number if abs(number) < LARGEST else str(number)


def chain(layer):
    """A layer and those behind it, such as the questions of a DNS message."""
    found = []
    while layer is not None and not isinstance(layer, NoPayload):
        found.append([layer.__class__.__name__, fields(layer)])
        layer = layer.payload
    return found


def fields(layer):
    return {name: plain(value) for name, value in layer.fields.items()}


for path in sys.argv[1:]:
    with PcapReader(path) as reader:
        for frame in reader:
            print(json.dumps(chain(frame)))
