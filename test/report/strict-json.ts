/** JSON as RFC 8259 has it, and a key twice in an object is a fault: `JSON.parse` takes the last one silently. */
export function strictJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const open: (Set<string> | null)[] = [];
  const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/gs;
  for (const [found, colon] of text.matchAll(token)) {
    if (found === "{") open.push(new Set());
    else if (found === "[") open.push(null);
    else if (found === "}" || found === "]") open.pop();
    else if (colon !== undefined) {
      const key = JSON.parse(found.slice(0, -colon.length)) as string;
      const keys = open.at(-1)!;
      if (keys!.has(key)) throw new SyntaxError(`the key ${JSON.stringify(key)} comes twice`);
      keys!.add(key);
    }
  }
  return value;
}
