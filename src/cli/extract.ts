/** Placeholder until written below. */
export async function extract(_path: string, _options: object): Promise<void> {}
