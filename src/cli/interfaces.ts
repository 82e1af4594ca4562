import { type InterfaceInfo, interfaces as list } from "../live/devices.ts";

/** `wirecraft interfaces`: one block an interface, or JSON. */
export function interfaces(options: { readonly json?: boolean }): void {
  const found = list();
  if (options.json) console.log(JSON.stringify(found, null, 2));
  else for (const one of found) console.log(blockOf(one));
}

function blockOf(one: InterfaceInfo): string {
  const flags = Object.entries(one.flags).flatMap(([name, isSet]) => (isSet ? [name] : []));
  const lines = [`${one.name}: ${flags.join(", ") || "no flags"}`];
  if (one.description !== null) lines.push(`    ${one.description}`);
  const facts = [
    ...(one.mac === null ? [] : [`MAC ${one.mac}`]),
    ...(one.mtu === null ? [] : [`MTU ${one.mtu}`]),
    ...(one.linkTypes.length === 0 ? [] : [`link types ${one.linkTypes.join(", ")}`]),
  ];
  if (facts.length > 0) lines.push(`    ${facts.join(", ")}`);
  for (const { address, prefix } of one.addresses) lines.push(`    ${address}/${prefix}`);
  return lines.join("\n");
}
