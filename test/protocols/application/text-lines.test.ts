import { describe, expect, it } from "vitest";
import { assemble } from "../../../src/packet/assemble.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { valuesOf } from "../../../src/packet/values.ts";
import { all } from "../../../src/protocols/all.ts";
import { ftpData } from "../../../src/protocols/application/ftp/data.ts";
import { ftp } from "../../../src/protocols/application/ftp/ftp.ts";
import { imap } from "../../../src/protocols/application/imap/imap.ts";
import { mail } from "../../../src/protocols/application/mail/mail.ts";
import { pop } from "../../../src/protocols/application/pop/pop.ts";
import { smtp, smtpData } from "../../../src/protocols/application/smtp/smtp.ts";
import { telnet } from "../../../src/protocols/application/telnet/telnet.ts";
import { tcp } from "../../../src/protocols/transport/tcp.ts";
import type { AnyProtocol } from "../../../src/schema/protocol.ts";

const dissector = createDissector(all);
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
const textOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
const read = (text: string, protocol: AnyProtocol) => dissector.dissect(bytesOf(text), protocol);
/** What a segment to a port holds. */
const chainOf = (dstPort: number, text: string): string =>
  String(dissector.dissect(build(tcp({ dstPort }), bytesOf(text)).bytes().slice(), tcp).chain);

describe("FTP", () => {
  it("reads commands and replies", () => {
    expect(read("USER bob\r\nPASS a b\r\nQUIT\r\n", ftp).require(ftp).commands).toMatchObject([
      { command: "USER", argument: "bob" },
      { command: "PASS", argument: "a b" },
      { command: "QUIT", argument: "" },
    ]);
    const { replies, commands } = read("220-a\r\n more\r\n220 b\r\n", ftp).require(ftp);
    expect(commands).toEqual([]);
    expect(replies).toMatchObject([
      { code: 220, separator: "-", text: "a" },
      { code: undefined, text: "more" },
      { code: 220, separator: " ", text: "b" },
    ]);
  });

  it("is built of values", () => {
    const command = ftp({ commands: [{ command: "RETR", argument: "a b" }, { command: "QUIT" }] });
    expect(textOf(build(command).bytes())).toBe("RETR a b\r\nQUIT\r\n");
    const reply = ftp({
      replies: [
        { code: 220, separator: "-", text: "x" },
        { code: 220, text: "y" },
      ],
    });
    expect(textOf(build(reply).bytes())).toBe("220-x\r\n220 y\r\n");
    expect(() => build(ftp({ commands: [{ argument: "a\nb" }] })).bytes()).toThrow(TypeError);
  });

  it("is told from what is no text by its first line", () => {
    expect(chainOf(21, "USER x\r\n")).toBe("TCP:FTP");
    expect(chainOf(21, "220 x\r\n")).toBe("TCP:FTP");
    expect(chainOf(21, "\x16\x03\x01\x00")).toBe("TCP");
    expect(chainOf(20, "\x00\x01")).toContain(`TCP:${ftpData.schema.about.label}`);
  });
});

describe("SMTP", () => {
  it("reads commands and replies", () => {
    expect(read("MAIL FROM:<a@b>\r\n", smtp).require(smtp).commands).toMatchObject([
      { command: "MAIL", argument: "FROM:<a@b>" },
    ]);
    expect(read("250-a\r\n250 b\r\n", smtp).require(smtp).replies).toMatchObject([
      { code: 250, text: "a" },
      { code: 250, text: "b" },
    ]);
    expect(chainOf(25, "EHLO x\r\n")).toBe("TCP:SMTP");
    expect(chainOf(25, "Received: from x\r\n")).toBe("TCP");
  });
});

describe("POP", () => {
  it("reads commands and responses", () => {
    expect(read("RETR 1\r\n", pop).require(pop).commands).toMatchObject([
      { command: "RETR", argument: "1" },
    ]);
    expect(read("+OK 2 messages\r\n1 20\r\n.\r\n", pop).require(pop).responses).toMatchObject([
      { indicator: "+OK", description: "2 messages" },
      { indicator: "1", description: "20" },
      { indicator: "." },
    ]);
    expect(chainOf(110, "-ERR x\r\n")).toBe("TCP:POP");
  });
});

describe("IMAP", () => {
  it("reads commands and responses", () => {
    expect(read("a1 FETCH 1 (FLAGS)\r\n", imap).require(imap).commands).toMatchObject([
      { tag: "a1", command: "FETCH", arguments: "1 (FLAGS)" },
    ]);
    expect(read("* 3 EXISTS\r\na1 OK done\r\n+\r\n", imap).require(imap).responses).toMatchObject([
      { tag: "*", status: "3", text: "EXISTS" },
      { tag: "a1", status: "OK", text: "done" },
      { tag: "+", status: "", text: "" },
    ]);
    expect(chainOf(143, "a1 NOOP\r\n")).toBe("TCP:IMAP");
    expect(chainOf(143, "\x16\x03\x01\x00")).toBe("TCP");
  });
});

describe("Telnet", () => {
  it("reads data, commands and subnegotiations", () => {
    const { items } = read(
      "ab\xff\xffc\xff\xfd\x18\xff\xfa\x18\x00x\xff\xff\xff\xf0\xff\xf4",
      telnet,
    ).require(telnet);
    expect(items.map(({ data, command, option }) => [textOf(data), command, option])).toEqual([
      ["ab\xffc", 253, 24],
      ["", 250, 24],
      ["", 244, undefined],
    ]);
    expect(textOf(items[1]!.parameters!)).toBe("\x00x\xff");
    expect(items[1]!.end).toBe(true);
  });

  it("is built of values", () => {
    const recipe = telnet({
      items: [
        { data: bytesOf("a\xff") },
        { command: 251, option: 1 },
        { command: 250, option: 24, parameters: bytesOf("\x01\xff") },
      ],
    });
    expect(textOf(build(recipe).bytes())).toBe(
      "a\xff\xff\xff\xfb\x01\xff\xfa\x18\x01\xff\xff\xff\xf0",
    );
  });
});

describe("a mail", () => {
  it("has a header and a body", () => {
    const packet = read("From: a\r\nSubject: b\r\n c\r\n\r\nbody", mail);
    expect(packet.require(mail).headers.map(({ name, value }) => [name, value])).toEqual([
      ["From", "a"],
      ["Subject", "b\r\n c"],
    ]);
    expect(textOf(packet.raw)).toBe("body");
    expect(textOf(read("..x\r\n", smtpData).require(smtpData).data!)).toBe("..x\r\n");
  });
});

describe.each([
  ["ftp", ftp],
  ["smtp", smtp],
  ["pop", pop],
  ["imap", imap],
  ["telnet", telnet],
  ["mail", mail],
] as const)("%s", (_, protocol) => {
  it.each([
    "",
    "\r\n",
    "A",
    "A \r\n",
    "A  b \r\n",
    "A\tb\n",
    "A\rb\r\r\n",
    " A b",
    "220",
    "220 \r\n220-\r\n x",
    "+OK  x\r\n-ERR\r\n+ ",
    "* \r\na  b\r\n+ x y\r\n",
    "\xff",
    "\xff\xff\xff",
    "a\xff\xfa\x18\x00\xff",
    "\xff\xfa\x18x\xff\xf1\xff\xf0",
    "A: b\r\n c\r\n\r\nd",
  ])("gives back the bytes of %j", (text) => {
    const layer = read(text, protocol).first;
    if (layer === null) return expect(text).toBe("");
    const { bytes } = assemble([
      { schema: layer.schema, values: valuesOf(layer) },
      { bytes: layer.bytes.slice(layer.headerEnd, layer.end) },
    ]);
    expect(textOf(bytes)).toBe(text);
    return undefined;
  });
});
