/** Expressions of pcap-filter(7), as many kinds as there are, for every link type whose packets are IP or may be. */
const everywhere: readonly string[] = [
  ...["ip", "ip6", "tcp", "udp", "icmp", "icmp6", "sctp", "igmp", "not ip", "ip proto 47"],
  ...[
    "ip proto \\tcp",
    "ip6 proto 58",
    "proto 17",
    "ip broadcast or ip multicast",
    "ip6 multicast",
  ],
  ...[
    "tcp port 80",
    "port 53",
    "not port 80",
    "src port 80 or dst port 443",
    "udp portrange 0-1023",
  ],
  ...["portrange 1024-65535", "src portrange 20000-60000", "tcp src port not 80"],
  ...["host 192.0.2.10", "src host 192.0.2.10", "dst host 192.0.2.10 and tcp", "host 127.0.0.1"],
  ...["net 192.168.0.0/16", "src net 10", "dst net 172.16.0.0 mask 255.240.0.0", "net 0.0.0.0/1"],
  ...["ip6 host ::1", "dst net fe80::/10", "src net 2001:db8::/32 or src net 2000::/3"],
  ...["less 100", "greater 500", "len > 74", "len % 7 = 3", "len * 3 / 2 - 1 > 200"],
  ...["ip[0] & 0xf != 5", "ip[6:2] & 0x1fff != 0", "ip[8] < 64", "ip[2:2] > 576", "ip6[6] = 17"],
  ...["tcp[tcpflags] & (tcp-syn|tcp-fin) != 0", "tcp[12] >> 4 > 5", "tcp[(tcp[12] >> 2):2] != 0"],
  ...["tcp[((tcp[12:1] & 0xf0) >> 2):4] = 0x47455420", "icmp[icmptype] = icmp-echo"],
  ...["udp[4:2] = len - ((ip[0] & 0xf) << 2) - 14", "udp[8:4] + 3 = 4", "ip[ip[0] & 0xf] & 1 = 1"],
  ...[
    "ip[12:4] = ip[16:4]",
    "ip[10:2] ^ ip[4:2] > 0x8000",
    "ip[9] | 1 = 7",
    "1 << (ip[8] & 31) < 0",
  ],
  ...["100 > -ip[8]", "len / ip[1] > 3", "len % (ip[8] & 3) = 1", "ip[len - 30] != 0"],
  ...["ip protochain 6", "ip6 protochain 17", "protochain 51"],
  ...["(tcp or udp) and not (port 53 or port 80) and len > 60", "ip and udp[0:2] = udp[2:2]"],
  "host 1.1.1.1 or host 8.8.8.8 or port 1 or port 2 or port 3 or port 4 or port 5 or net 10.0.0.0/8",
];

/** What only Ethernet has. */
const ethernet: readonly string[] = [
  ...["arp", "rarp", "arp host 192.0.2.1", "ether proto 0x88cc", "ether[12:2] > 1500", "stp"],
  ...["ether host 02:00:5e:10:00:0a", "ether src 02:00:5e:10:00:01", "ether broadcast"],
  ...["ether multicast and not ip6", "vlan", "vlan 100", "vlan and ip", "vlan and vlan and tcp"],
  ...["mpls", "mpls and ip", "pppoed", "pppoes", "pppoes and ip", "llc", "ether[-2:2] = 3"],
  ...["ip or (vlan and ip)", "geneve", "iso"],
];

/** What the cooked forms of Linux have. */
const cooked: readonly string[] = [
  ...["arp", "inbound", "outbound", "ether[12:2] > 1500", "link[0] = 0"],
];

/** The expressions that are tried, by link type. */
export const expressions: ReadonlyMap<number, readonly string[]> = new Map([
  [1, [...everywhere, ...ethernet]],
  [101, everywhere],
  [113, [...everywhere, ...cooked]],
  [276, [...everywhere, ...cooked, "ifindex 1"]],
]);
