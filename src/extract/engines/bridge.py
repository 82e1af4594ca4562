"""Takes frames apart with another package of this machine (Scapy or dpkt) for Wirecraft.

    python3 bridge.py scapy|dpkt

Batches come on standard input and answers go to standard output, each with its length (32 bits, high byte first) before it.
A batch holds frames: link type, length (32 bits each), bytes. Its answer is one line of JSON a frame, in the same order:

    {"layers": [[name, {field: value}], ...], "raw": bytes above them, "error": text of an exception}

Bytes are {"x": hex}, numbers beyond 2**53 {"n": digits}, tables {"d": pairs}, nested packets {"p": layers}. The first answer,
before any batch, says who answers: {"engine": name, "version": text}. The process ends with its standard input.
"""

import decimal
import importlib
import json
import logging
import os
import signal
import struct
import sys

# What one frame may become: a hostile one must not fill the memory of either side.
MOST_VALUES = 100_000
MOST_DEPTH = 24
MOST_TEXT = 8 << 20
# Seconds that one frame may take.
MOST_SECONDS = 10
EXACT = 1 << 53


class TooMuch(Exception):
    """A frame that becomes more than a report can hold."""


class Values:
    """Turns what a package found in one frame into values that JSON has."""

    def __init__(self, packet_layers):
        self.packet_layers = packet_layers
        self.left = MOST_VALUES
        self.text = MOST_TEXT

    def of(self, value, depth=0):
        self.left -= 1
        if self.left < 0 or depth > MOST_DEPTH:
            raise TooMuch("the frame has too many values")
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int):
            number = int(value)
            return number if -EXACT < number < EXACT else {"n": str(number)}
        if isinstance(value, (bytes, bytearray, memoryview)):
            return {"x": self.counted(bytes(value).hex())}
        if isinstance(value, str):
            # Half of a surrogate pair is no text to others.
            return self.counted(value.encode("utf-8", "replace").decode("utf-8"))
        if isinstance(value, dict):
            return {"d": [[self.of(str(key)), self.of(one, depth + 1)] for key, one in list(value.items())]}
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self.of(one, depth + 1) for one in value]
        layers = self.packet_layers(value)
        if layers is not None:
            return {"p": self.layers(layers, depth + 1)}
        if hasattr(value, "__int__") and not isinstance(value, (float, decimal.Decimal)):
            return self.of(int(value), depth + 1)
        return self.counted(str(value)[:1000])

    def layers(self, layers, depth=0):
        return [
            [name, {field: self.of(value, depth + 1) for field, value in fields}]
            for name, fields in layers
        ]

    def counted(self, text):
        self.text -= len(text)
        if self.text < 0:
            raise TooMuch("the frame has too much text")
        return text


class ScapyEngine:
    """Scapy: layers as it chains them, with the fields that it read."""

    modules = (
        "scapy.layers.all",
        "scapy.layers.http",
        "scapy.contrib.igmp",
        "scapy.contrib.igmpv3",
        "scapy.contrib.mpls",
    )

    def __init__(self):
        logging.getLogger("scapy").setLevel(logging.CRITICAL)
        from scapy.config import conf

        # What a layer cannot read stays bytes.
        conf.debug_dissector = False
        for name in self.modules:
            try:
                importlib.import_module(name)
            except ImportError:
                if name == "scapy.layers.all":
                    raise
        # Bodies stay as they came: a small one may unpack to any size.
        conf.contribs.get("http", {})["auto_compression"] = False
        import scapy
        from scapy.packet import NoPayload, Packet, Raw
        from scapy.layers.dhcp import DHCP, DHCPRevOptions

        self.version = str(scapy.__version__)
        self.dhcp = DHCP
        self.dhcp_codes = {name: code[0] for name, code in DHCPRevOptions.items()}
        self.dhcp_codes.update({"pad": 0, "end": 255})
        self.bottoms = conf.l2types.num2layer
        self.packet, self.raw, self.none = Packet, Raw, NoPayload

    def dissect(self, link_type, frame):
        bottom = self.bottoms.get(link_type)
        if bottom is None or bottom is self.raw:
            return [], frame
        return self.layers_of(bottom(frame)), None

    def layers_of(self, packet):
        if not isinstance(packet, self.packet):
            return None
        layers = []
        while not isinstance(packet, self.none) and packet is not None:
            fields = [(f.name, packet.fields[f.name]) for f in packet.fields_desc if f.name in packet.fields]
            if isinstance(packet, self.dhcp):
                fields = [("options", self.numbered(packet.options))]
            layers.append((type(packet).__name__, fields))
            packet = packet.payload
        return layers

    def numbered(self, options):
        """DHCP's options with their numbers, which the names that Scapy gives them stand for."""
        found = []
        for option in options:
            parts = list(option) if isinstance(option, tuple) else [option]
            name = parts[0]
            found.append([name if isinstance(name, int) else self.dhcp_codes.get(name), *parts])
        return found


class DpktEngine:
    """dpkt: layers as their `data` holds them; what goes by ports, which dpkt leaves to its users, by a table here."""

    def __init__(self):
        import dpkt

        self.dpkt = dpkt
        self.version = str(dpkt.__version__)
        self.bottoms = {
            0: dpkt.loopback.Loopback,
            1: dpkt.ethernet.Ethernet,
            9: dpkt.ppp.PPP,
            12: self.ip,
            14: self.ip,
            101: self.ip,
            105: dpkt.ieee80211.IEEE80211,
            108: dpkt.loopback.Loopback,
            113: dpkt.sll.SLL,
            127: dpkt.radiotap.Radiotap,
            228: dpkt.ip.IP,
            229: dpkt.ip6.IP6,
            276: dpkt.sll2.SLL2,
        }
        self.inner = ("vlan_tags", "mpls_labels", "all_extension_headers")
        # The same once more, in an older form.
        self.doubled = ("vlanid", "labels", "extension_hdrs")
        self.by_port = {
            "UDP": {53: self.dns, 5353: self.dns, 67: dpkt.dhcp.DHCP, 68: dpkt.dhcp.DHCP},
            "TCP": {80: self.http, 8080: self.http, 8000: self.http},
        }

    def ip(self, frame):
        """Raw IP of either version."""
        return (self.dpkt.ip6.IP6 if frame[:1] and frame[0] >> 4 == 6 else self.dpkt.ip.IP)(frame)

    def dns(self, data):
        return self.dpkt.dns.DNS(data)

    def http(self, data):
        kind = self.dpkt.http.Response if data[:5] == b"HTTP/" else self.dpkt.http.Request
        return kind(data)

    def dissect(self, link_type, frame):
        bottom = self.bottoms.get(link_type)
        if bottom is None:
            return [], frame
        return self.layers_of(bottom(frame)), None

    def layers_of(self, packet):
        if not isinstance(packet, self.dpkt.Packet):
            return None
        layers = []
        while isinstance(packet, self.dpkt.Packet):
            fields = self.fields_of(packet)
            inner = self.inner_of(packet, fields)
            layers.append((self.name_of(packet), fields))
            layers += [(self.name_of(one), self.fields_of(one)) for one in inner]
            packet = self.above(packet)
        if isinstance(packet, (bytes, bytearray)) and len(packet) > 0:
            layers.append(("Raw", [("load", bytes(packet))]))
        elif isinstance(packet, (list, tuple)) and len(packet) > 0:
            layers[-1][1].append(("data", packet))
        return layers

    def inner_of(self, packet, fields):
        """Headers that dpkt keeps in lists of the header before them; they leave its fields."""
        inner = []
        for index in range(len(fields) - 1, -1, -1):
            name, value = fields[index]
            if name in self.inner:
                inner = [one for one in value if isinstance(one, self.dpkt.Packet)] + inner
            if name in self.inner or name in self.doubled:
                del fields[index]
        return inner

    def above(self, packet):
        """What a layer carries, taken apart where a port says what it is."""
        data = getattr(packet, "data", b"")
        ports = self.by_port.get(type(packet).__name__)
        if ports is None or not isinstance(data, bytes) or len(data) == 0:
            return data
        for port in (packet.dport, packet.sport):
            if port in ports:
                try:
                    return ports[port](data)
                except Exception:
                    return data
        return data

    def name_of(self, packet):
        kind = type(packet)
        return kind.__module__.rsplit(".", 1)[-1] + "." + kind.__qualname__

    def fields_of(self, packet):
        parts = getattr(packet, "__bit_fields__", None) or {}
        names = [name for name in getattr(packet, "__hdr_fields__", ()) if name not in parts]
        names += [part[0] for whole in parts.values() for part in whole]
        names += [name for name in vars(packet) if not name.startswith("_") and name not in names]
        data = getattr(packet, "data", None)
        found = []
        for name in names:
            value = getattr(packet, name, None)
            if name != "data" and value is not data and not callable(value):
                found.append((name, value))
        if isinstance(packet, self.dpkt.tcp.TCP):
            found = [(name, self.options(value) if name == "opts" else value) for name, value in found]
        return found

    def options(self, value):
        return [list(one) for one in self.dpkt.tcp.parse_opts(value)]


def too_long(*_):
    raise TimeoutError("the frame takes too long")


def answer(engine, link_type, frame):
    """What the engine says of one frame, as a line of JSON; exceptions become text in it."""
    values = Values(engine.layers_of)
    try:
        layers, raw = engine.dissect(link_type, frame)
        found = {"layers": values.layers(layers)}
        if raw is not None:
            found["raw"] = values.of(raw)
    except Exception as error:
        text = type(error).__name__ + ": " + str(error)
        found = {"layers": [], "raw": {"x": frame.hex()}, "error": text.encode("utf-8", "replace").decode()[:500]}
    return json.dumps(found, allow_nan=False, separators=(",", ":"))


def limited(engine, link_type, frame):
    if not hasattr(signal, "setitimer"):
        return answer(engine, link_type, frame)
    signal.setitimer(signal.ITIMER_REAL, MOST_SECONDS)
    try:
        return answer(engine, link_type, frame)
    except TimeoutError as error:
        found = {"layers": [], "raw": {"x": frame.hex()}, "error": "TimeoutError: " + str(error)}
        return json.dumps(found)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def read(source, size):
    data = source.read(size)
    return data if data is not None and len(data) == size else None


def write(target, text):
    data = text.encode("ascii")
    target.write(struct.pack(">I", len(data)) + data)
    target.flush()


def serve(engine, name, source, target):
    write(target, json.dumps({"engine": name, "version": engine.version}))
    while True:
        head = read(source, 4)
        if head is None:
            return
        batch = read(source, struct.unpack(">I", head)[0])
        if batch is None:
            return
        answers, at = [], 0
        while at < len(batch):
            link_type, length = struct.unpack_from(">II", batch, at)
            at += 8
            answers.append(limited(engine, link_type, batch[at : at + length]))
            at += length
        write(target, "\n".join(answers))


def main():
    # Whatever a package prints must not come between the answers.
    target = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    source = os.fdopen(os.dup(0), "rb")
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, too_long)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    name = sys.argv[1]
    try:
        engine = {"scapy": ScapyEngine, "dpkt": DpktEngine}[name]()
    except ImportError as error:
        print("missing: " + str(error), file=sys.stderr)
        return 3
    try:
        serve(engine, name, source, target)
    except BrokenPipeError:
        return 0
    return 0


if __name__ == "__main__":
    # Nothing of the interpreter's end is worth waiting for.
    sys.stderr.flush()
    os._exit(main())
