/** The last part of a path: the file without its folders. */
export const baseName = (path: string): string => path.replace(/^.*[/\\]/, "");
