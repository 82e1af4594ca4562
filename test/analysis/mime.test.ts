import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mailField, parseParameterized, safeName } from "../../src/analysis/mime/header.ts";
import { transferDecoder } from "../../src/analysis/mime/transfer.ts";
import { type MimePart, type MimeSink, MimeWalker } from "../../src/analysis/mime/walker.ts";
import { decodeWords } from "../../src/analysis/mime/words.ts";

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
const textOf = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);

/** What a mail is made of, as short lines; it comes in pieces. */
function walked(pieces: readonly string[], complete = true): string[] {
  const lines: string[] = [];
  const content = new Map<MimePart, string>();
  const sink: MimeSink = {
    header: (fields, isWhole) => lines.push(`${fields.map(({ name }) => name).join()} ${isWhole}`),
    part: (part) => content.set(part, ""),
    data: (part, bytes, start, end) =>
      content.set(part, content.get(part)! + textOf(bytes.slice(start, end))),
    partEnd: ({ path, mediaType, name, isAttachment, ...part }, isWhole) => {
      const text = [...content.values()].at(-1);
      const kind = `${isAttachment ? "attachment" : "inline"} "${name}" ${part.encoding}`;
      lines.push(`${path} ${mediaType} ${kind} ${isWhole} ${JSON.stringify(text)}`);
    },
    limit: (text) => lines.push(`limit: ${text}`),
  };
  const walker = new MimeWalker(sink);
  for (const piece of pieces) {
    const bytes = bytesOf(`\xaa${piece}\xaa`);
    walker.write(bytes, 1, bytes.length - 1);
    bytes.fill(0);
  }
  walker.end(complete);
  return lines;
}

const nested = [
  "From: a@example.org",
  "MIME-Version: 1.0",
  'Content-Type: multipart/mixed; boundary="b 1"',
  "",
  "nobody's",
  "--b 1",
  "Content-Type: multipart/alternative; boundary=two",
  "",
  "--two",
  "",
  "plain",
  "--two--x is no boundary",
  "--two",
  "Content-Type: Text/HTML; charset=utf-8",
  "Content-Transfer-Encoding: quoted-printable",
  "",
  "caf=C3=A9 =",
  "ok  ",
  "--two--",
  "nobody's either",
  "--b 1",
  "Content-Type: application/octet-stream; name=other.bin",
  "Content-Transfer-Encoding: BASE64",
  "Content-Disposition: attachment;",
  " filename*0*=utf-8''a%20; filename*1=\"b.bin\"",
  "",
  "YWJj",
  "ZGU=",
  "",
  "--b 1",
  "Content-Type: message/rfc822",
  "",
  "Subject: inner",
  "",
  "inside",
  "--b 1--",
  "after",
].join("\r\n");
const nestedWalked = [
  "From,MIME-Version,Content-Type true",
  '1.1 text/plain inline ""  true "plain\\r\\n--two--x is no boundary"',
  '1.2 text/html inline "" quoted-printable true "cafÃ© ok"',
  '2 application/octet-stream attachment "a b.bin" base64 true "abcde"',
  '3.1 text/plain inline ""  true "inside"',
];

describe("a mail", () => {
  it("is taken apart into its parts, decoded", () => {
    expect(walked([nested])).toEqual(nestedWalked);
  });

  it("is the same in pieces of any size", () => {
    for (let at = 1; at < nested.length; at++)
      expect(walked([nested.slice(0, at), nested.slice(at)])).toEqual(nestedWalked);
    expect(walked([...nested])).toEqual(nestedWalked);
  });

  it("may have bare line feeds", () => {
    expect(walked([nested.replaceAll("\r\n", "\n")])).toEqual(
      nestedWalked.map((line) => line.replace("\\r\\n", "\\n")),
    );
  });

  it.each([
    ["no content", "A: b\r\n\r\n", ["A true", '1 text/plain inline ""  true ""']],
    ["no end of its header", "A: b\r\n", ["A false", '1 text/plain inline ""  true ""']],
    ["nothing", "", [" false", '1 text/plain inline ""  true ""']],
    ["no header", "\r\nx", [" true", '1 text/plain inline ""  true "x"']],
    [
      "no line end at its end",
      "A: b\r\n\r\nx\r",
      ["A true", '1 text/plain inline ""  true "x\\r"'],
    ],
  ])("may have %s", (_, text, lines) => {
    expect(walked([text])).toEqual(lines);
  });

  it("is not whole where its last boundary is missing", () => {
    const cut = nested.slice(0, nested.indexOf("ZGU="));
    expect(walked([cut]).at(-1)).toBe(
      '2 application/octet-stream attachment "a b.bin" base64 false "abc"',
    );
    expect(walked(["A: b\r\n\r\nx"], false).at(-1)).toBe('1 text/plain inline ""  false "x"');
  });

  it("has bounds", () => {
    const deep = (n: number): string =>
      n === 0 ? "\r\nx" : `Content-Type: message/rfc822\r\n\r\n${deep(n - 1)}`;
    expect(walked([deep(200)])).toContain("limit: a mail is deeper than what is looked at");
    const many = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${"--b\r\n\r\nx\r\n".repeat(1500)}--b--`;
    const lines = walked([many]);
    expect(lines).toContain("limit: a mail has more parts than what is looked at");
    expect(lines.length).toBe(1002);
    const header = walked([`A: ${"x".repeat(300_000)}\r\nB: c\r\n\r\ny`]);
    expect(header[0]).toMatch(/^limit: a header/);
    expect(header.at(-1)).toBe('1 text/plain inline ""  true "y"');
  });

  it("is read in a time that grows with its length", () => {
    const started = performance.now();
    walked([`A: b\r\n\r\n${"-".repeat(2_000_000)}`]);
    const parts = `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n${"-\r\n".repeat(200_000)}`;
    walked([parts]);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe("header values", () => {
  it("have encoded words", () => {
    expect(decodeWords("=?utf-8?B?w6Q=?= =?ISO-8859-1?q?=F6_x?=  y =?utf-8*de?Q?z?=")).toBe(
      "äö x  y z",
    );
    expect(decodeWords("=?nonsense?q?a?= =?utf-8?B?*?= =?utf-8?x?a?=")).toContain("=?utf-8?B?*?=");
  });

  it("have parameters, in parts and of character sets", () => {
    const read = (text: string) => {
      const { value, parameters } = parseParameterized(text);
      return { value, ...Object.fromEntries(parameters) };
    };
    expect(read('Text/Plain; Charset=utf-8; name="a \\"b\\"; c"; x=')).toEqual({
      value: "text/plain",
      charset: "utf-8",
      name: 'a "b"; c',
      x: "",
    });
    expect(read("a; name*1=c; name*0=b; other*=iso-8859-1'de'%e4")).toEqual({
      value: "a",
      name: "bc",
      other: "ä",
    });
    expect(read('a; filename="=?utf-8?q?=C3=A4?="')).toEqual({ value: "a", filename: "ä" });
  });

  it("are looked up in any case", () => {
    expect(mailField([{ name: "SUBJECT", value: "x" }], "Subject")).toBe("x");
    expect(mailField([], "Subject")).toBe("");
  });

  it("name files without folders", () => {
    expect(safeName("../../etc/passwd")).toBe("passwd");
    expect(safeName("C:\\a\\b.txt")).toBe("b.txt");
    expect(safeName("..")).toBe("");
    expect(safeName("a\0b\n")).toBe("ab");
  });
});

const decoded = (
  encoding: string,
  pieces: readonly string[],
): { text: string; isGood: boolean } => {
  let text = "";
  const decoder = transferDecoder(encoding, (bytes, start, end) => {
    text += textOf(bytes.slice(start, end));
  });
  for (const piece of pieces) {
    const bytes = bytesOf(piece);
    decoder.write(bytes, 0, bytes.length);
  }
  return { isGood: decoder.end(), text };
};

describe("transfer encodings", () => {
  it.each([
    ["base64", "YWJjZA==", "abcd", true],
    ["base64", "YW\r\nJj", "abc", true],
    ["base64", "YWI=YWI=", "abab", true],
    ["base64", "YWJjZ", "abc", false],
    ["base64", "YW!Jj", "abc", false],
    ["base64", "YWI", "ab", false],
    ["quoted-printable", "a=3Db=3d", "a=b=", true],
    ["quoted-printable", "a  \r\nb=20\r\n", "a\r\nb \r\n", true],
    ["quoted-printable", "a=\r\nb= \t\r\nc=\nd", "abcd", true],
    ["quoted-printable", "a=xy =4", "a=xy =4", false],
    ["quoted-printable", "a =", "a ", true],
    ["7bit", "a=3D", "a=3D", true],
    ["x-unknown", "YWJj", "YWJj", true],
  ])("%s of %j is %j", (encoding, text, wanted, isGood) => {
    expect(decoded(encoding, [text])).toEqual({ text: wanted, isGood });
    expect(decoded(encoding, [...text])).toEqual({ text: wanted, isGood });
  });

  it("give back what was encoded", () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), pieces, (bytes, cuts) => {
        const whole = btoa(textOf(bytes));
        const sizes = cuts.map((cut) => cut.length);
        const parts: string[] = [];
        let at = 0;
        for (const size of sizes) parts.push(whole.slice(at, (at += size)));
        parts.push(whole.slice(at));
        expect(decoded("base64", parts)).toEqual({ text: textOf(bytes), isGood: true });
      }),
      { numRuns: 100, seed: 7 },
    );
  });
});
