"""The jobs with Scapy: use_scapy.py JOB FILE. Prints `packets sum milliseconds`."""

from scapy.layers.dns import DNS
from scapy.layers.inet import TCP
from scapy.layers.l2 import Ether  # noqa: F401  (importing it binds the link type)
from scapy.utils import PcapReader

from python_job import main

CNAME = 5


def packets_of(path):
    with PcapReader(path) as reader:
        yield from reader


def destination_port(packet):
    return packet[TCP].dport if TCP in packet else 0


def length_of(name):
    """Scapy writes names with the dot of the root."""
    return len(name.rstrip(b"."))


def name_lengths(packet):
    if DNS not in packet:
        return 0
    message = packet[DNS]
    total = sum(length_of(message.qd[i].qname) for i in range(message.qdcount))
    for i in range(message.ancount):
        answer = message.an[i]
        total += length_of(answer.rrname)
        if answer.type == CNAME:
            total += length_of(answer.rdata)
    return total


main(packets_of, {"tcp": destination_port, "dns": name_lengths})
