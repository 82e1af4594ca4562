// Makes a process look like one that has run for long: before the work is timed, packets of every protocol are taken apart and
// all their fields read. What V8 learned about the code that all protocols share is then no longer about three of them only.

const PACKET_BYTES = 256;
const ITEMS = 8;
const DEPTH = 3;

/** Bytes that follow from the seed alone; every second packet has small bytes only, so that its lengths are plausible. */
function* randomPackets(count) {
  let state = 0x2545f491;
  for (let i = 0; i < count; i++) {
    const bytes = new Uint8Array(PACKET_BYTES);
    for (let at = 0; at < bytes.length; at++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      bytes[at] = i % 2 === 0 ? state : state & 15;
    }
    yield bytes;
  }
}

const getterNames = new Map();

/** Names of the accessors of an object's class. */
function gettersOf(object) {
  const prototype = Object.getPrototypeOf(object);
  let names = getterNames.get(prototype);
  if (names === undefined) {
    names = [];
    for (
      let at = prototype;
      at !== null && at !== Object.prototype;
      at = Object.getPrototypeOf(at)
    ) {
      for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
        if (get !== undefined && name !== "layer" && name !== "__proto__") names.push(name);
      }
    }
    getterNames.set(prototype, names);
  }
  return names;
}

/** Reads every field of a view, and of the records and lists in it; gives how many were read. */
function readFields(value, depth) {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return 0;
  let read = 0;
  if (typeof value[Symbol.iterator] === "function") {
    let items = 0;
    for (const item of value) {
      if (items++ === ITEMS) break;
      read += readFields(item, depth - 1);
    }
    return read;
  }
  for (const name of gettersOf(value)) {
    const field = value[name];
    read++;
    if (depth > 0) read += readFields(field, depth - 1);
  }
  return read;
}

/**
 * Takes `rounds` random packets apart with each protocol of the package as first layer and reads every field of that layer.
 * Gives the number of protocols that had fields to read.
 */
export function pollute({ all, createDissector }, rounds = 40) {
  if (all === undefined || createDissector === undefined)
    throw new Error("the package exports no all, createDissector");
  const dissector = createDissector(all);
  const used = new Set();
  for (const bytes of randomPackets(rounds)) {
    for (const protocol of all) {
      const view = dissector.dissect(bytes, protocol).get(protocol);
      if (view !== undefined && readFields(view, DEPTH) > 0) used.add(protocol);
    }
  }
  if (used.size === 0) throw new Error("no protocol had a field to read");
  return used.size;
}
