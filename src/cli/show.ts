/** Placeholder until written below. */
export async function show(_path: string, _options: object): Promise<void> {}
