import { hashBasis, hashBytes } from "../bytes/hash.ts";
import type { Packet } from "../packet/packet.ts";
import { MAX_LAYERS } from "../packet/walk.ts";
import { pppoe } from "../protocols/link/pppoe.ts";
import { backboneTag, serviceVlan, vlan } from "../protocols/link/vlan.ts";
import { ipv4 } from "../protocols/network/ipv4.ts";
import { ipv6 } from "../protocols/network/ipv6.ts";
import { geneve } from "../protocols/tunnel/geneve.ts";
import { gre, pptpGre } from "../protocols/tunnel/gre.ts";
import { gtp } from "../protocols/tunnel/gtp.ts";
import { l2tp } from "../protocols/tunnel/l2tp.ts";
import { mpls } from "../protocols/tunnel/mpls.ts";
import { vxlan, vxlanGpe } from "../protocols/tunnel/vxlan.ts";
import { type Layer, viewOf } from "../schema/layer.ts";
import type { Schema } from "../schema/schema.ts";
import type { Fragment } from "./fragment.ts";

/**
 * What tells datagrams apart beside their own addresses, where private addresses may be used twice:
 *
 * - `"vlan"`: the numbers of VLAN tags and service instances.
 * - `"tunnel"`: outer addresses, and the numbers of tunnels and sessions (GRE, VXLAN, Geneve, GTP, L2TP, MPLS, PPPoE).
 * - `"interface"`: the interface of the capture.
 */
export type Separation = "vlan" | "tunnel" | "interface";

type Names = ReadonlyMap<Schema, readonly string[]>;

const vlanNames: Names = new Map([
  [vlan.schema, ["id"]],
  [serviceVlan.schema, ["id"]],
  [backboneTag.schema, ["serviceId"]],
]);

const tunnelNames: Names = new Map<Schema, readonly string[]>([
  [gre.schema, ["key"]],
  [pptpGre.schema, ["callId"]],
  [vxlan.schema, ["vni"]],
  [vxlanGpe.schema, ["vni"]],
  [geneve.schema, ["vni"]],
  [gtp.schema, ["teid"]],
  [l2tp.schema, ["tunnel", "session"]],
  [mpls.schema, ["label"]],
  [pppoe.schema, ["sessionId"]],
]);

/** The most that a layer adds: two addresses of IPv6, a mark, and a number of the version. */
const MOST = 48;

/**
 * Writes what fragments of one datagram have in common, as bytes: address text as a key would cost more than dissecting
 * the packet.
 */
export class KeyWriter {
  readonly bytes: Uint8Array;
  length: number;
  private readonly by: ReadonlySet<Separation>;
  private readonly basis: number;

  constructor(by: readonly Separation[]) {
    this.by = new Set(by);
    this.basis = hashBasis();
    this.bytes = new Uint8Array(MOST * (by.length === 0 ? 1 : MAX_LAYERS + 2));
    this.length = 0;
  }

  /**
   * RFC 791 §3.2: the datagrams of one identification are told apart by source, destination and protocol. RFC 8200 §4.5:
   * by source and destination, since fragments may give different next headers, of which the first one's counts.
   */
  write(packet: Packet, { ip, version, protocol, id }: Fragment): void {
    this.length = 0;
    this.put(version);
    if (version === 4) this.put(protocol);
    this.putNumber(id);
    this.putEnds(ip);
    if (this.by.size === 0) return;
    if (this.by.has("interface")) this.putNumber(packet.origin.interfaceIndex);
    for (let l = ip.lower; l !== null; l = l.lower) this.putBelow(l);
  }

  private putBelow(layer: Layer): void {
    const { root } = layer.schema;
    if (this.by.has("vlan")) this.putFields(layer, vlanNames.get(root));
    if (!this.by.has("tunnel")) return;
    this.putFields(layer, tunnelNames.get(root));
    if (root === ipv4.schema || root === ipv6.schema) this.putEnds(layer);
  }

  private putFields(layer: Layer, names: readonly string[] | undefined): void {
    if (names === undefined) return;
    // One that is absent must not look like the next layer's number.
    this.put(names.length);
    const view = viewOf(layer) as Readonly<Record<string, unknown>>;
    for (const name of names) {
      const value = view[name];
      this.put(typeof value === "number" ? 1 : 0);
      this.putNumber(typeof value === "number" ? value : 0);
    }
  }

  private putEnds({ schema, bytes, start }: Layer): void {
    const isV4 = schema.root === ipv4.schema;
    const from = start + (isV4 ? 12 : 8);
    const to = start + (isV4 ? 20 : 40);
    for (let i = from; i < to; i++) this.bytes[this.length++] = bytes[i]!;
  }

  private put(byte: number): void {
    this.bytes[this.length++] = byte;
  }

  private putNumber(n: number): void {
    for (let shift = 24; shift >= 0; shift -= 8) this.put((n >>> shift) & 0xff);
  }

  /** What the key is looked up by, among those of this object. */
  hash(): number {
    return hashBytes(this.bytes, this.length, this.basis);
  }

  /** Whether this is the key that was kept. */
  is(key: Uint8Array): boolean {
    if (key.length !== this.length) return false;
    for (let i = 0; i < key.length; i++) if (key[i] !== this.bytes[i]) return false;
    return true;
  }
}
