/** What somebody with poor eyes or a small screen could not use. */

/** Text that is too faint on its ground, by the rules of WCAG AA. @param {import('playwright-core').Page} page */
export const faint = (page) =>
  page.evaluate(() => {
    const numbers = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
    const light = ([r = 0, g = 0, b = 0]) => {
      const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const ground = (element) => {
      for (let at = element; at !== null; at = at.parentElement) {
        const colour = numbers(getComputedStyle(at).backgroundColor);
        if (colour.length === 3 || colour[3] === 1) return colour;
      }
      return [255, 255, 255];
    };
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      if (!walker.currentNode.textContent?.trim() || !element?.checkVisibility({ visibilityProperty: true })) continue;
      // What waits for its turn is exempt, as is what is only there to be read out.
      if (element.closest('[aria-disabled="true"], label:has(:disabled), .hush, .skip, .count')) continue;
      const style = getComputedStyle(element);
      const [a, b] = [light(numbers(style.color)), light(ground(element))].sort((x, y) => y - x);
      const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.6 && Number(style.fontWeight) >= 700);
      if ((a + 0.05) / (b + 0.05) < (large ? 3 : 4.5)) found.push(`${walker.currentNode.textContent.trim()}: ${((a + 0.05) / (b + 0.05)).toFixed(2)}`);
    }
    return found;
  });

/** What reaches beyond the window, or is too small for a finger. @param {import('playwright-core').Page} page */
export const misfits = (page) =>
  page.evaluate(() => {
    const wide = document.documentElement.scrollWidth > innerWidth ? [`${document.documentElement.scrollWidth} px wide`] : [];
    const small = [...document.querySelectorAll('button, textarea, input[type="text"], label.choice')]
      .filter((element) => element.checkVisibility() && !element.matches('.text'))
      .filter((element) => element.getBoundingClientRect().height < 44)
      .map((element) => `${element.textContent?.trim()} is ${element.getBoundingClientRect().height} px high`);
    return [...wide, ...small];
  });
