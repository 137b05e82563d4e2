/** What is called so by whoever has the data, or wrote the file, as a part of a variable's name, which has no `#` in it. */
export const named = (given: string): string => given.replaceAll("#", "%23");
