"""What libpcap and Linux make of filter programs.

Reads JSON lines {"program": hex of struct bpf_insn, "packets": [hex]}, and writes a line for each: {"kernel": whether a socket takes
the program, "results": what libpcap's machine returns for each packet, whose length on the wire is 3 more}.
"""

import ctypes
import ctypes.util
import json
import socket
import struct
import sys

SO_ATTACH_FILTER = 26

library = ctypes.CDLL(ctypes.util.find_library("pcap"))
library.bpf_filter.restype = ctypes.c_uint
library.bpf_filter.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_uint, ctypes.c_uint]


def taken_by_kernel(program):
    buffer = ctypes.create_string_buffer(program, len(program))
    filter_ = struct.pack("HP", len(program) // 8, ctypes.addressof(buffer))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        try:
            one.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, filter_)
            return True
        except OSError:
            return False


for line in sys.stdin:
    given = json.loads(line)
    program = bytes.fromhex(given["program"])
    packets = [bytes.fromhex(one) for one in given["packets"]]
    results = [library.bpf_filter(program, one, len(one) + 3, len(one)) for one in packets]
    print(json.dumps({"kernel": taken_by_kernel(program), "results": results}))
