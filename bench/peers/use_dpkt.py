"""The jobs with dpkt: use_dpkt.py JOB FILE. Prints `packets sum milliseconds`."""

import dpkt

from python_job import main


def packets_of(path):
    with open(path, "rb") as file:
        for _, data in dpkt.pcap.Reader(file):
            yield data


def destination_port(data):
    segment = dpkt.ethernet.Ethernet(data).data.data
    return segment.dport if isinstance(segment, dpkt.tcp.TCP) else 0


def name_lengths(data):
    datagram = dpkt.ethernet.Ethernet(data).data.data
    if not isinstance(datagram, dpkt.udp.UDP):
        return 0
    message = dpkt.dns.DNS(datagram.data)
    total = sum(len(question.name) for question in message.qd)
    for answer in message.an:
        total += len(answer.name)
        if answer.type == dpkt.dns.DNS_CNAME:
            total += len(answer.cname)
    return total


main(packets_of, {"tcp": destination_port, "dns": name_lengths})
