export declare const pages: readonly string[];
export declare function refreshed(text: string, folder?: string): string;
