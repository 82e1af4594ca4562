import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExpressionError, parseStack } from "../../src/cli/stack-expression.ts";
import { stackFromExpression } from "../../src/cli/stack-values.ts";
import { build } from "../../src/packet/build.ts";
import { all } from "../../src/protocols/all.ts";
import { dns } from "../../src/protocols/application/dns/dns.ts";
import { http } from "../../src/protocols/application/http/http.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { icmp } from "../../src/protocols/network/icmp.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../src/protocols/network/ipv6.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { tcpOption } from "../../src/protocols/transport/tcp-options.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import { hex } from "../support/packets.ts";

const made = (text: string): string => hex(build(...stackFromExpression(text, all)).bytes());
const bytesOf = (packet: { bytes(): Uint8Array }): string => hex(packet.bytes());

describe("a stack on one line", () => {
  it("is what build makes of the same layers", () => {
    expect(made('ethernet / ipv4(dst=192.0.2.1, ttl=3) / icmp.echo(id=1, seq=1) / "hello"')).toBe(
      bytesOf(
        build(
          ethernet(),
          ipv4({ dst: "192.0.2.1", ttl: 3 }),
          icmp.echo({ id: 1, seq: 1 }),
          "hello",
        ),
      ),
    );
  });

  it("takes numbers in any base, names, flags, lists of cases, records", () => {
    const options = [
      tcpOption.maximumSegmentSize({ mss: 1460 }),
      tcpOption.noOperation(),
      tcpOption.sack({ blocks: [{ left: 1, right: 2 }] }),
    ];
    const wanted = bytesOf(build(tcp({ dstPort: 80, flags: { syn: true, ack: true }, options })));
    for (const text of [
      "tcp(dstPort=80,flags=syn+ack,options=[maximumSegmentSize(mss=1460),noOperation,sack(blocks=[(left=1,right=2)])])",
      " TCP ( dstPort = http , flags = ACK+SYN , options = [ mss ( mss = 0x5b4 ) , nop() , sack ( blocks = [ ( left = 0b1 , right = 0o2 ) ] ) ] ) ",
      "tcp(dstPort=0x50, flags=0x12, options=[0x020405b4, nop, sack(blocks=[0x0000000100000002])])",
    ])
      expect(made(text.replace(/ (?=[(])/g, ""))).toBe(wanted);
  });

  it("takes addresses as they are, and slashes inside brackets", () => {
    expect(made("ipv6(src=2001:db8::1, dst=::ffff:192.0.2.1)")).toBe(
      bytesOf(build(ipv6({ src: "2001:db8::1", dst: "::ffff:192.0.2.1" }))),
    );
    expect(made("ethernet(dst=02-00-5E-10-00-01)/ipv4")).toBe(
      bytesOf(build(ethernet({ dst: "02:00:5e:10:00:01" }), ipv4())),
    );
    expect(made('http(request=(uri=/a/b), headers=[(name=Host, value="x, y")])')).toBe(
      bytesOf(
        build(http({ request: { uri: "/a/b" }, headers: [{ name: "Host", value: "x, y" }] })),
      ),
    );
  });

  it("takes parts of flags, names of domains and of types", () => {
    expect(
      made("dns(flags=qr+rcode:NXDomain, questions=[(name=www.example.com, type=AAAA)])"),
    ).toBe(
      bytesOf(
        build(
          dns({
            flags: { qr: true, rcode: 3 },
            questions: [{ name: "www.example.com", type: 28 }],
          }),
        ),
      ),
    );
  });

  it("takes bytes as text and as digits", () => {
    expect(made('"a\\n\\x00\\xff\\"" / 0x00ff / \'it"s\' / "é" / "漢"')).toBe(
      "610a00ff2200ff69742273e9e6bca2",
    );
    expect(made("udp(len=8, rest=0x0102)/0x03").slice(-6)).toBe("010203");
  });

  it("takes cases that nobody knows", () => {
    expect(made("icmp.unknown(type=250, code=1)")).toBe(
      bytesOf(build(icmp({ is: "unknown", type: 250, code: 1 }))),
    );
  });

  it.each([
    ["", 1, "a layer is wanted, not the end"],
    ["ipv4 /", 7, "a layer is wanted, not the end"],
    ["ipv4 udp", 6, "'/' or the end is wanted, not 'u'"],
    ["foo", 1, "there is no protocol 'foo'"],
    ["ipv4.echo", 1, "ipv4 has no cases"],
    ["ethernet / ipv4(", 17, "a field is wanted, not the end"],
    ["ipv4(ttl)", 9, "'=' is wanted behind 'ttl', not ')'"],
    ["ipv4(ttl=)", 10, "a value is wanted, not ')'"],
    ["ipv4(ttl=1", 11, "',' or ')' is wanted, not the end"],
    ["ipv4(tll=1)", 6, "ipv4 has no field 'tll'"],
    ["ipv4(ttl=1, ttl=2)", 13, "ipv4.ttl is given twice"],
    ["ipv4(ttl=256)", 10, "ipv4.ttl: 256 is not in 0..255"],
    ["ipv4(ttl=x)", 10, "ipv4.ttl: a number is wanted, not 'x'"],
    ["ipv4(src=1.2.3)", 10, 'ipv4.src: not an IPv4 address: "1.2.3"'],
    [
      "udp / tcp(dstPort=nosuch)",
      19,
      "tcp.dstPort: 'nosuch' is neither a number nor the name of one",
    ],
    ["tcp(flags=syn+xyz)", 15, "tcp.flags has no flag 'xyz'"],
    ["dns(flags=qr+rcode:99)", 11, "dns.flags.rcode: 99 is not in 0..15"],
    ["tcp(options=1)", 13, "tcp.options: a list [...] or bytes are wanted"],
    ["tcp(options=[echo)", 18, "',' or ']' is wanted, not ')'"],
    ["tcp(options=[xx])", 14, "'xx' is not one of tcp.option: endOfOptionList, noOperation"],
    ["tcp(options=[ex])", 14, "'ex' is short for tcp.option: experiment1, experiment2"],
    ["tcp(options=[mss(mss=99999)])", 22, "tcp.option.mss: 99999 is not in 0..65535"],
    ["tcp(options=[[1]])", 14, "tcp.options: a list in a list"],
    ["udp(rest=1)", 10, "bytes (0x...) or text in quotes are wanted"],
    ['ipv4 / "abc', 8, "the quotes are not closed"],
    ['"\\x4g"', 3, "two hexadecimal digits are wanted behind \\x"],
    ["0x123", 1, "0x123: an odd number of hexadecimal digits: 3"],
    ["[1]", 1, "a protocol or bytes are wanted"],
  ])("points at what is wrong in %j", (text, column, message) => {
    let error: unknown;
    try {
      stackFromExpression(text, all);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ExpressionError);
    expect((error as ExpressionError).column).toBe(column);
    expect((error as ExpressionError).message).toContain(`column ${column}: ${message}`);
  });

  it("ends on any text", () => {
    const pieces = [
      "ipv4",
      "tcp",
      "(",
      ")",
      "[",
      "]",
      "=",
      ",",
      "/",
      '"',
      "\\",
      "options",
      "1",
      " ",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces)), (parts) => {
        try {
          expect(stackFromExpression(parts.join(""), all).length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError);
        }
      }),
      { numRuns: 3000, seed: 5 },
    );
    expect(() => parseStack(`a(b=${"[".repeat(100_000)}`)).toThrow("more than 100 brackets");
  });

  it("keeps what it reads in a tree with columns", () => {
    expect(parseStack("a(b=[c])")).toEqual([
      {
        kind: "record",
        name: "a",
        column: 1,
        fields: [
          {
            name: "b",
            column: 3,
            value: { kind: "list", column: 5, items: [{ kind: "word", text: "c", column: 6 }] },
          },
        ],
      },
    ]);
    expect(made("udp(srcPort=1)")).toBe(bytesOf(build(udp({ srcPort: 1 }))));
  });
});
