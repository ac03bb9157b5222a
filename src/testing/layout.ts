/**
 * jsdom has no layout, and Grafana's option lists draw only what is in view: give every element a size, and every
 * text a width. Styles are those in the element's own attribute: with Grafana's style sheets, jsdom needs most of a
 * minute for each test to find the others.
 */
export function giveElementsASize() {
  const size = { x: 0, y: 0, top: 0, left: 0, right: 400, bottom: 400, width: 400, height: 400 };
  Element.prototype.getBoundingClientRect = () => ({ ...size, toJSON: () => size });
  for (const property of ['offsetWidth', 'offsetHeight', 'clientWidth', 'clientHeight']) {
    Object.defineProperty(HTMLElement.prototype, property, { configurable: true, value: 400 });
  }
  const context = { measureText: (text: string) => ({ width: text.length * 8 }) };
  HTMLCanvasElement.prototype.getContext = jest.fn(() => context) as unknown as HTMLCanvasElement['getContext'];
  const noStyle = document.createElement('div').style;
  window.getComputedStyle = (element) => (element instanceof HTMLElement ? element.style : noStyle);
}

/** Grafana's menus follow their field with these observers; nothing moves in a test. */
class StillObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}
Object.assign(global, { IntersectionObserver: StillObserver, ResizeObserver: StillObserver });
