"""Packets made with Scapy: build_scapy.py COUNT. Prints `packets sum milliseconds`, the sum being that of both checksums."""

import sys
import time

from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import Ether

count = int(sys.argv[1])
payload = b"A" * 64
started = time.perf_counter()
total = 0
for i in range(count):
    packet = bytes(
        Ether(dst="02:00:00:00:00:02", src="02:00:00:00:00:01")
        / IP(src="10.0.0.1", dst="192.0.2.1", id=i & 0xFFFF, ttl=64)
        / TCP(sport=1024 + i % 50000, dport=80, seq=i, ack=1, flags="A", window=65535)
        / payload
    )
    total += (packet[24] << 8 | packet[25]) + (packet[50] << 8 | packet[51])
print(count, total, (time.perf_counter() - started) * 1000)
