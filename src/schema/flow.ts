/** Messages that have no ports: what tells their flows apart. */
export interface MessageFlow<N extends string = string> {
  /** The field that says which message it is. */
  readonly type: N;
  /** The field that takes the place of the other port in messages that nothing answers. Cases may bring it. */
  readonly code: string;
  /** The field that holds what a request and its answer have in common, in those cases that have one. */
  readonly id?: string;
  /** Types that belong together: a request, and what answers it. */
  readonly pairs: readonly (readonly [request: number, answer: number])[];
}

/** The flags by which a connection begins and ends, as `flags.key`. */
export interface ConnectionFlow<N extends string = string, B extends string = string> {
  /** The field of all flags. */
  readonly flags: N;
  readonly syn: B;
  readonly ack: B;
  readonly fin: B;
  readonly rst: B;
}

/** What a declaration says of flows, beside its ends. */
export interface FlowRule<
  N extends string = string,
  B extends string = string,
  F extends string = string,
> {
  /** A field that names the network that the packet is in: with another number, equal addresses are other computers. */
  readonly tag?: N;
  readonly messages?: MessageFlow<N>;
  readonly connection?: ConnectionFlow<F, B>;
}
