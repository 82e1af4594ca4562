import { describe, expect, it } from "vitest";
import { MOST_WAITING, WaitingCommands } from "../../../src/analysis/text/waiting.ts";

const of = (...commands: readonly string[]): WaitingCommands<string> => {
  const waiting = new WaitingCommands<string>();
  for (const command of commands) waiting.add(command);
  return waiting;
};

describe("commands that wait for an answer", () => {
  it("are answered in their order, one or several at once", () => {
    const waiting = of("a", "b", "c", "d");
    expect(waiting.next).toBe("a");
    waiting.answered();
    expect(waiting.all).toEqual(["b", "c", "d"]);
    waiting.answered(2);
    expect(waiting.next).toBe("d");
    waiting.answered(3);
    waiting.answered();
    expect(waiting.next).toBeNull();
  });

  it("are forgotten but for the last, where there is one", () => {
    const waiting = of("a", "b", "c");
    waiting.keepLast();
    expect(waiting.all).toEqual(["c"]);
    waiting.keepLast();
    expect(waiting.all).toEqual(["c"]);
    waiting.answered();
    waiting.keepLast();
    expect(waiting.all).toEqual([]);
  });

  it("are bounded: the oldest are forgotten", () => {
    const waiting = of(...Array.from({ length: MOST_WAITING + 2 }, (_, i) => String(i)));
    expect(waiting.all).toHaveLength(MOST_WAITING);
    expect(waiting.next).toBe("2");
  });
});
