import { type Address, addressBytes } from "../bytes/special.ts";
import { loadVendors, type Vendors } from "../protocols/iana/vendors.ts";

let loaded: Vendors | undefined;

/**
 * Who makes the cards with a MAC address, by IEEE's listing of blocks (MA-L, MA-M, MA-S), the smallest block first. The listing,
 * about 1 MB, is loaded with the first call; then {@link vendorNow} knows it too. `undefined` of an address that nobody was
 * given.
 *
 * @throws TypeError for text that is no MAC address; RangeError for an address of another kind.
 * @example await vendorOf("00:00:0c:12:34:56") // "Cisco Systems, Inc"
 */
export async function vendorOf(mac: Address): Promise<string | undefined> {
  const bytes = macBytes(mac);
  loaded ??= await loadVendors();
  return loaded.get(bytes);
}

/**
 * As {@link vendorOf} without waiting, for code that asks for many.
 *
 * @throws Error where neither `vendorOf` nor `vendorsReady` has ended yet.
 */
export function vendorNow(mac: Address): string | undefined {
  if (loaded === undefined)
    throw new Error("vendorNow: the listing is not loaded yet; await vendorsReady() first");
  return loaded.get(macBytes(mac));
}

/** Loads the listing, so that {@link vendorNow} answers. */
export async function vendorsReady(): Promise<void> {
  loaded ??= await loadVendors();
}

function macBytes(mac: Address): Uint8Array {
  const bytes = addressBytes(mac);
  if (bytes.length !== 6) throw new RangeError(`a MAC address is wanted, not ${String(mac)}`);
  return bytes;
}
