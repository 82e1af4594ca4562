/**
 * Text in lines of at most `width` characters, broken at blanks, inside a word only where it is longer than a line. Blanks
 * at the ends of lines are dropped. At least one line.
 */
export function wrap(text: string, width: number): string[] {
  const pieces = text.match(/ +|[^ ]+/g) ?? [];
  const lines: string[] = [];
  let line = "";
  for (const piece of pieces) {
    if (piece[0] === " ") {
      // Only the very first line may begin with blanks.
      if (line !== "" || lines.length === 0) line += piece;
      continue;
    }
    let word = piece;
    if (line.length + word.length > width && (word.length <= width || line.length >= width)) {
      if (line.trim() !== "") lines.push(line.trimEnd());
      line = "";
    }
    while (line.length + word.length > width) {
      const room = width - line.length;
      lines.push(line + word.slice(0, room));
      word = word.slice(room);
      line = "";
    }
    line += word;
  }
  if (line.trim() !== "" || lines.length === 0) lines.push(line.trimEnd());
  return lines;
}
