/** A request line taken apart (RFC 9112 §3). */
export interface RequestLine {
  readonly method: string;
  readonly target: string;
  /** `1.1`; `0.9` where there is none. */
  readonly version: string;
}

/** A status line taken apart (RFC 9112 §4). */
export interface StatusLine {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
}

/** No method that anybody uses is longer; a first word beyond this is none. */
const LONGEST_METHOD = 32;
/** Methods after which a request is believed to begin in the middle of a line, or without a whole line. */
const common = "GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH|PROPFIND|NOTIFY|M-SEARCH";

const isBlank = (c: string | undefined): boolean => c === " " || c === "\t";

/**
 * A request line: a word, a target, and a version at the end; the target may have blanks, which no correct one has. A
 * simple request of HTTP/0.9 is `GET` and a path. `PRI` begins HTTP/2 (RFC 9113 §3.4).
 */
export function requestLineOf(line: string): RequestLine | null {
  const method = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+(?=[ \t])/.exec(
    line.slice(0, LONGEST_METHOD + 1),
  )?.[0];
  if (method === undefined || method === "PRI") return null;
  let from = method.length;
  while (isBlank(line[from])) from++;
  const text = line.slice(from).trimEnd();
  const version = /(?:^|[ \t])HTTP\/(\d{1,3}\.\d{1,3})$/.exec(text.slice(-16));
  if (version !== null) {
    const target = text.slice(0, text.length - version[0].length).trimEnd();
    return { method, target, version: version[1]! };
  }
  const isSimple = method === "GET" && text.startsWith("/") && !/[ \t]/.test(text);
  return isSimple ? { method, target: text, version: "0.9" } : null;
}

/** A status line; one of Icecast's servers, which say ICY for HTTP/1.0, counts too. */
export function statusLineOf(line: string): StatusLine | null {
  const found = /^(?:HTTP\/(\d{1,3}\.\d{1,3})|ICY)[ \t]{1,8}(\d{3})(?=[ \t]|$)/.exec(line);
  if (found === null) return null;
  return {
    version: found[1] ?? "1.0",
    status: Number(found[2]),
    reason: line.slice(found[0].length).trim(),
  };
}

const INSIDE = new RegExp(
  `(?:${common}) [^ ]+ HTTP/1\\.[01]$|HTTP/1\\.[01] [1-5]\\d\\d(?=[ ]|$)`,
  "g",
);

/**
 * Where in a line a message begins that follows content without a line end; -1 for nowhere. Only what is unmistakable
 * counts here.
 */
export function startInside(line: string): number {
  INSIDE.lastIndex = 1;
  return INSIDE.exec(line)?.index ?? -1;
}

/** The beginnings that a first line may have which has not come whole. */
export function mayBegin(text: string): boolean {
  if (text.length < 5 && ("HTTP/".startsWith(text) || "ICY ".startsWith(text))) return true;
  if (/^HTTP\/\d/.test(text) || text.startsWith("ICY ")) return true;
  const word = /^[A-Za-z][A-Za-z_-]*/.exec(text.slice(0, LONGEST_METHOD + 1))?.[0] ?? "";
  if (word === "" || word.length > LONGEST_METHOD) return false;
  // So far only a word: a method in the making, if it is in capitals.
  if (word.length === text.length) return /^[A-Z_-]+$/.test(word) && word !== "PRI";
  return (
    word !== "PRI" &&
    text[word.length] === " " &&
    /^ [^\p{Cc} ]*( [HTP/0-9.]*)?\r?$/u.test(text.slice(word.length))
  );
}
