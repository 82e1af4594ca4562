/** PPP's numbers of network protocols that have an EtherType: those need not say that they are carried by PPP too. */
const pairs: readonly (readonly [ppp: number, etherType: number])[] = [
  [0x0021, 0x0800],
  [0x0029, 0x809b],
  [0x002b, 0x8137],
  [0x0057, 0x86dd],
  [0x0281, 0x8847],
  [0x0283, 0x8848],
];

const toEtherType: ReadonlyMap<number, number> = new Map(pairs);
const fromEtherType: ReadonlyMap<number, number> = new Map(pairs.map(([ppp, type]) => [type, ppp]));

/** The EtherType of what PPP carries under a number. */
export const etherTypeOf = (ppp: number): number | undefined => toEtherType.get(ppp);

/** PPP's number of what has an EtherType. */
export const pppNumberOf = (etherType: number): number | undefined => fromEtherType.get(etherType);
