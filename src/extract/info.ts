import { type Content, Moment, Named } from "../report/content.ts";

/** A value of an {@link Info}. */
export type InfoValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | Info
  | readonly InfoValue[];

/** What is known of a packet or block, as plain frozen objects with the keys of the reports. */
export interface Info {
  readonly [key: string]: InfoValue;
}

/** Content as plain frozen objects. */
export function infoOf(content: Content): InfoValue {
  if (content instanceof Named) return Object.freeze({ value: content.value, name: content.name });
  if (content instanceof Moment) return content.toString();
  // Bytes of its own: the others are those of the capture, which whoever changes a packet changes.
  if (content instanceof Uint8Array) return new Uint8Array(content);
  if (Array.isArray(content)) return Object.freeze(content.map(infoOf));
  if (content instanceof Map) {
    // Entries become properties of its own, also one that is called `__proto__`.
    return Object.freeze(
      Object.fromEntries([...content].map(([key, value]) => [key, infoOf(value as Content)])),
    );
  }
  return content as InfoValue;
}
