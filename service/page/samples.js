// Ten digits as a hand draws them: points of a sheet of 100 x 100; a point given twice is a corner.

export const SAMPLES = [
  [[62, 18, 43, 15, 29, 32, 25, 54, 32, 76, 50, 85, 68, 75, 76, 52, 72, 30, 57, 16, 50, 17]],
  [[38, 33, 47, 25, 55, 15, 55, 15, 54, 40, 53, 62, 52, 86]],
  [[29, 33, 36, 20, 51, 15, 66, 22, 68, 38, 58, 54, 42, 70, 28, 83, 28, 83, 48, 81, 74, 84]],
  [[31, 24, 46, 15, 63, 19, 66, 33, 55, 44, 43, 47, 43, 47, 60, 50, 70, 63, 64, 78, 47, 86, 29, 78]],
  [[54, 14, 44, 35, 28, 59, 28, 59, 50, 58, 77, 56], [62, 38, 61, 60, 60, 88]],
  [[37, 18, 35, 32, 33, 45, 33, 45, 50, 40, 66, 47, 71, 62, 63, 78, 46, 86, 28, 79], [37, 18, 53, 17, 70, 17]],
  [[62, 14, 45, 29, 33, 48, 29, 67, 38, 82, 54, 86, 68, 76, 68, 62, 55, 54, 40, 59, 31, 70]],
  [[27, 20, 50, 19, 73, 18, 73, 18, 61, 42, 51, 64, 45, 87]],
  [[65, 25, 51, 15, 36, 21, 35, 35, 50, 48, 66, 61, 68, 77, 52, 87, 35, 79, 34, 64, 49, 49, 63, 37, 66, 26]],
  [[67, 28, 54, 16, 38, 21, 32, 37, 40, 51, 55, 49, 66, 36, 68, 23, 68, 23, 67, 48, 62, 70, 55, 88]],
];

const STEPS = 8;

/** A stroke's points `[x, y]` along a Catmull-Rom spline through what is given, on a sheet of `side`. */
export function trace(numbers, side) {
  const points = [];
  for (let i = 0; i < numbers.length; i += 2) points.push([numbers[i], numbers[i + 1]]);
  const at = (i) => points[Math.min(Math.max(i, 0), points.length - 1)];
  const path = [points[0]];
  for (let i = 0; i + 1 < points.length; i += 1) {
    const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    if (b[0] === c[0] && b[1] === c[1]) continue;
    for (let step = 1; step <= STEPS; step += 1) {
      const t = step / STEPS;
      path.push([0, 1].map((k) => {
        const bend = 2 * a[k] - 5 * b[k] + 4 * c[k] - d[k];
        const twist = 3 * (b[k] - c[k]) + d[k] - a[k];
        return b[k] + (t * (c[k] - a[k]) + t * t * bend + t ** 3 * twist) / 2;
      }));
    }
  }
  return path.map(([x, y]) => [(x * side) / 100, (y * side) / 100]);
}
