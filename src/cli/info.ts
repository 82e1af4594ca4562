/** Placeholder until written below. */
export async function info(_path: string, _options: object): Promise<void> {}
