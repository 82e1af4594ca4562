import type { SideInput, Waiting } from "../input.ts";
import { CipherLengths } from "./cipher-lengths.ts";
import type { SshConnection } from "./connection.ts";

/** Counts what a side sends in cipher up to its end, and tells it as one event. */
export function* readEncrypted(state: SshConnection, input: SideInput): Waiting {
  const { connection } = state;
  const { side, offset: from } = input;
  const { clientToServer = null, serverToClient = null } = state.algorithms ?? {};
  const lengths = new CipherLengths(state.isClient(side) ? clientToServer : serverToClient);
  let bytes = 0;
  let missing = 0;
  let first = input.place(from, from);
  let last = first;
  for (;;) {
    input.begin();
    if (yield* input.any()) {
      const { available, offset } = input;
      state.showUnread(input, available);
      lengths.add(input.bytes, input.start, input.end);
      last = input.place(offset, offset + available);
      if (bytes === 0) first = last;
      bytes += available;
      input.skip(available);
    } else {
      const gap = input.pass();
      if (gap === 0) break;
      missing += gap;
      lengths.lose();
    }
  }
  if (bytes + missing === 0) return;
  const packets = [...new Set([...first.packets.slice(0, 1), ...last.packets.slice(-1)])];
  connection.emit({
    type: "ssh.encrypted",
    connection: connection.info,
    place: { ...last, offset: from, length: bytes + missing, packets },
    bytes,
    missing,
    packets: lengths.packets,
  });
}
