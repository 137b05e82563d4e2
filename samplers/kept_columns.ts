/**
 * Makes masks over columns of items that all rows of a batch share: a function of the columns' ids, the number of rows,
 * and the ids that a row leaves out. It gives 1 where a row keeps a column and 0 where not, row-major. Its cost follows
 * the ids that are left out, not rows times columns.
 */
export function keptColumns(
  items: number,
): (columns: Int32Array, rows: number, leavesOut: (row: number) => Int32Array) => Uint8Array {
  const last = new Int32Array(items).fill(-1); // the last column of each item
  return (columns, rows, leavesOut) => {
    const width = columns.length, before = new Int32Array(width), kept = new Uint8Array(rows * width).fill(1);
    columns.forEach((item, column) => {
      before[column] = last[item]!; // the column before it of the same item
      last[item] = column;
    });
    for (let row = 0; row < rows; row++) {
      for (const item of leavesOut(row)) {
        for (let column = last[item]!; column >= 0; column = before[column]!) kept[row * width + column] = 0;
      }
    }
    for (const item of columns) last[item] = -1;
    return kept;
  };
}
