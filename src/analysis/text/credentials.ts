import { textOfBase64 } from "./decode.ts";

/** Who somebody says to be, as it was sent. Whoever prints or keeps events should leave this out unless asked for it. */
export interface Credentials {
  /** How it was said: `USER`, `PASS`, `LOGIN`, or the name of a mechanism of SASL in capitals. */
  readonly mechanism: string;
  /** `null` where this message does not say it. */
  readonly user: string | null;
  readonly password: string | null;
}

/** The steps of an authentication that go on over several lines (RFC 4422). */
export class SaslExchange {
  readonly mechanism: string;
  private step: number;

  constructor(mechanism: string) {
    this.mechanism = mechanism.toUpperCase();
    this.step = 0;
  }

  /** What the client's next answer says; of mechanisms that hide the password, nothing. */
  next(answer: string): Credentials | null {
    const text = textOfBase64(answer.trim());
    const { mechanism } = this;
    const step = this.step++;
    if (text === null) return null;
    if (mechanism === "PLAIN") return plain(text);
    // LOGIN asks for one and then the other (draft-murchison-sasl-login).
    if (mechanism === "LOGIN")
      return { mechanism, user: step === 0 ? text : null, password: step === 1 ? text : null };
    if (mechanism === "XOAUTH2" || mechanism === "OAUTHBEARER") return bearer(mechanism, text);
    if (mechanism === "CRAM-MD5") {
      const space = text.lastIndexOf(" ");
      return { mechanism, user: space < 0 ? null : text.slice(0, space), password: null };
    }
    return null;
  }
}

/** Authorization identity, authentication identity and password, with zero bytes between (RFC 4616 §2). */
function plain(text: string): Credentials | null {
  const parts = text.split("\0");
  if (parts.length < 3) return null;
  return { mechanism: "PLAIN", user: parts[1]!, password: parts.slice(2).join("\0") };
}

/** User and token of OAuth (RFC 7628 §3.1, and what was there before it): parts with control characters between. */
function bearer(mechanism: string, text: string): Credentials {
  const parts = text.split("\u0001").flatMap((part) => part.split(","));
  const partOf = (name: string): string | null =>
    parts.find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
  return { mechanism, user: partOf("user") ?? partOf("a"), password: partOf("auth") };
}
