import { describe, expect, it } from "vitest";
import { Objects, safeName } from "../../src/analysis/objects.ts";
import { client, type Piece, readPieces, server } from "./hostile.ts";

/** What is told of objects, as short lines. */
function found(pieces: readonly Piece[], port: number): string[] {
  const lines: string[] = [];
  const objects = new Objects({
    onObject: ({ protocol, name, mediaType, direction }) => {
      lines.push(`${protocol} ${name} ${mediaType} ${direction}`);
      return {
        write: (bytes) => void lines.push(String.fromCharCode(...bytes)),
        end: ({ size, complete }) => void lines.push(`${size} ${complete}`),
      };
    },
  });
  readPieces(pieces, { port, onEvent: (event) => objects.take(event) });
  return lines;
}

describe("objects", () => {
  it("are parts of mails, decoded", () => {
    const mail = [
      "Content-Type: multipart/mixed; boundary=b",
      "",
      "--b",
      "",
      "a text",
      "--b",
      "Content-Type: image/png",
      'Content-Disposition: attachment; filename="../x.png"',
      "Content-Transfer-Encoding: base64",
      "",
      "YWJj",
      "--b--",
      "",
    ].join("\r\n");
    const text = (protocol: string, direction: string) => [
      `${protocol} part-1.txt text/plain ${direction}`,
      "a text",
      "6 true",
      `${protocol} x.png image/png ${direction}`,
      "abc",
      "3 true",
    ];
    expect(found([client("RETR 1\r\n"), server(`+OK\r\n${mail}.\r\n`)], 110)).toEqual(
      text("pop", "download"),
    );
    expect(found([server("220 x\r\n"), client(`DATA\r\n${mail}.\r\n`)], 25)).toEqual(
      text("smtp", "upload"),
    );
  });

  it("are files of FTP", () => {
    expect(found([client("abc")], 20)).toEqual(["ftp file  upload", "abc", "3 true"]);
  });

  it("are content of HTTP, under the name that is given", () => {
    const head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: Text/Plain; charset=x\r\n";
    const named = 'Content-Disposition: attachment; filename="C:\\\\a\\\\b.txt"\r\n';
    expect(
      found([client("GET /x/y%20z?q=/no HTTP/1.1\r\n\r\n"), server(`${head}\r\nok`)], 80),
    ).toEqual([...["http y z text/plain download", "ok", "2 true"]]);
    expect(found([client("GET / HTTP/1.1\r\n\r\n"), server(`${head}${named}\r\nok`)], 80)[0]).toBe(
      "http b.txt text/plain download",
    );
    expect(found([client("GET / HTTP/1.1\r\n\r\n"), server(`${head}\r\no`)], 80)).toEqual([
      ...["http index.txt text/plain download", "o", "1 false"],
    ]);
  });
});

describe("safeName", () => {
  it.each([
    ["a.txt", "a.txt"],
    ["../../etc/passwd", "__.._etc_passwd"],
    ['a/b\\c:d*e?f"g<h>i|j', "a_b_c_d_e_f_g_h_i_j"],
    [".hidden", "_hidden"],
    ["CON", "_CON"],
    ["nul.txt", "_nul.txt"],
    ["trailing. . ", "trailing"],
    ["a\u0000b\u202eexe", "a_b_exe"],
    ["", "object"],
    ["...", "_"],
    ["\ud800x", "_x"],
  ])("makes of %j a name for every system", (name, safe) => {
    expect(safeName(name)).toBe(safe);
  });

  it("keeps the extension of what is too long", () => {
    const name = safeName(`${"ä".repeat(200)}.tar.gz`);
    expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(120);
    expect(name.endsWith(".gz")).toBe(true);
  });
});
