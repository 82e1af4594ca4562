import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entropy } from "../../src/bytes/entropy.ts";
import { escapeText, quoteText } from "../../src/bytes/escape.ts";

describe("escapeText", () => {
  it("shows what cannot be seen, and leaves the rest", () => {
    expect(escapeText("a\n\r\t\0\u001b\u007f\u0085b")).toBe("a\\n\\r\\t\\x00\\x1b\\x7f\\x85b");
    expect(escapeText("\u202e\u2066\u200b\ufeff\ud800\u{e0001}")).toBe(
      "\\u202e\\u2066\\u200b\\ufeff\\ud800\\u{e0001}",
    );
    expect(escapeText("über 漢字 👍 \\n")).toBe("über 漢字 👍 \\n");
  });
});

describe("quoteText", () => {
  it("is a literal that means the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const literal = quoteText(text);
        expect(literal).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(new Function(`"use strict"; return ${literal};`)()).toBe(text);
      }),
    );
  });

  it("takes the quotes that leave fewer to escape", () => {
    expect(quoteText("it's")).toBe('"it\'s"');
    expect(quoteText('"it"')).toBe("'\"it\"'");
    expect(quoteText(`"'`)).toBe('"\\"\'"');
  });
});

describe("entropy", () => {
  it("is 0 of equal bytes, and the width of evenly spread ones", () => {
    expect(entropy(new Uint8Array())).toBe(0);
    expect(entropy(new Uint8Array(100))).toBe(0);
    expect(entropy(Uint8Array.from({ length: 512 }, (_, i) => i & 255))).toBe(8);
    expect(entropy(Uint8Array.of(0, 1, 0, 1))).toBe(1);
    expect(entropy(Uint8Array.of(0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef), 4)).toBe(4);
    expect(entropy(Uint8Array.of(0b00011011), 2)).toBe(2);
    expect(entropy(Uint8Array.of(0x0f), 1)).toBe(1);
    // Three bytes of one kind, one of another: 0.75 log2(4/3) + 0.25 log2(4).
    expect(entropy(Uint8Array.of(7, 7, 7, 9))).toBeCloseTo(0.811278, 6);
  });

  it("knows only widths that divide a byte", () => {
    expect(() => entropy(new Uint8Array(1), 3)).toThrow(RangeError);
  });
});
