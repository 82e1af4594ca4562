/** Takes in what an option that may be repeated is given. */
export const collect = (value: string, before: string[] | undefined): string[] => [
  ...(before ?? []),
  value,
];

/** The option that ends a command early, and what its help says. */
export const COUNT = "-c, --count <n>";
export const COUNT_HELP = "stop after this many packets";
