/** The version of the JSON shapes: it grows when a reader of the old shape would misread the new one. */
export const JSON_VERSION = 1;
