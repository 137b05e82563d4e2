/** A cell of CSV, as RFC 4180 has it; nothing for what is not there. */
export function csvCell(cell: string | number | null | undefined): string {
  const text = String(cell ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
