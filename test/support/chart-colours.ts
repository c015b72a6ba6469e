/** What charts on a canvas show, told by the colours in them. */
import type { Page } from "playwright-core";

/**
 * Which of these colours of the theme fill more than a few points of a canvas.
 *
 * @param canvas a selector
 * @param names of custom properties, without `--`
 */
export function coloursIn(page: Page, canvas: string, names: readonly string[]): Promise<string[]> {
  return page.evaluate<string[]>(
    `((selector, names) => {
      const probe = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
      const style = getComputedStyle(document.documentElement);
      const colours = names.map((name) => {
        probe.fillStyle = style.getPropertyValue("--" + name).trim();
        probe.fillRect(0, 0, 1, 1);
        return probe.getImageData(0, 0, 1, 1).data.slice(0, 3).join();
      });
      const chart = document.querySelector(selector);
      const copy = new OffscreenCanvas(chart.width, chart.height).getContext("2d");
      copy.drawImage(chart, 0, 0);
      const { data } = copy.getImageData(0, 0, chart.width, chart.height);
      const counts = new Map();
      for (let at = 0; at < data.length; at += 4) {
        const own = data[at] + "," + data[at + 1] + "," + data[at + 2];
        if (data[at + 3] === 255) counts.set(own, (counts.get(own) ?? 0) + 1);
      }
      return names.filter((_, index) => (counts.get(colours[index]) ?? 0) > 20);
    })(${JSON.stringify(canvas)}, ${JSON.stringify(names)})`,
  );
}
