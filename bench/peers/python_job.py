"""What the Python programs share: arguments, the loop, the line that is printed."""

import sys
import time


def main(packets_of, jobs):
    """Runs `PROGRAM JOB FILE`.

    `packets_of(path)` gives the packets of a capture one by one; `jobs` has for each job what a packet adds to the sum.
    """
    job = jobs[sys.argv[1]]
    started = time.perf_counter()
    packets = total = 0
    for packet in packets_of(sys.argv[2]):
        packets += 1
        total += job(packet)
    print(packets, total, (time.perf_counter() - started) * 1000)
