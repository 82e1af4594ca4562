/** Placeholder until written below. */
export async function list(_path: string, _options: object): Promise<void> {}
