import { permissionLines, permissions } from "../live/permissions.ts";

/** `wirecraft doctor`: what is there, what may be done, and what helps. */
export function doctor(options: { readonly json?: boolean }): void {
  const found = permissions();
  if (options.json) console.log(JSON.stringify(found, null, 2));
  else for (const line of permissionLines(found)) console.log(line);
}
