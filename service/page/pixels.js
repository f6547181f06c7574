// Small gray pictures, given as data URIs, drawn in the page's colors.

/** A picture's grays, 0 to 255, row by row, and its width and height. */
export async function grays(uri) {
  const image = new Image();
  image.src = uri;
  await image.decode();
  const { width, height } = image;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, width, height).data;
  return { values: pixels.filter((_, i) => i % 4 === 0), width, height };
}

/** A canvas of one color, as opaque as `alphas`, 0 to 255, row by row. */
export function tinted(alphas, width, color) {
  const canvas = new OffscreenCanvas(width, alphas.length / width);
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  alphas.forEach((alpha, i) => (image.data[4 * i + 3] = alpha));
  context.putImageData(image, 0, 0);
  context.globalCompositeOperation = "source-in";
  context.fillStyle = color;
  context.fillRect(0, 0, canvas.width, canvas.height);
  return canvas;
}

/** An element's ink, accent and paper, in the page's theme; its style gives the paper as `outline-color`. */
export function colors(element) {
  const { color: ink, accentColor: accent, outlineColor: paper } = getComputedStyle(element);
  return { ink, accent, paper };
}
