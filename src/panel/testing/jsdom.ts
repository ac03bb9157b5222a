// What Grafana's code needs of a browser and jsdom lacks.

/** Called by Grafana's sanitizer of links. */
if (typeof URL.canParse !== 'function') {
  Object.defineProperty(URL, 'canParse', {
    value: (url: string, base?: string) => {
      try {
        return Boolean(new URL(url, base));
      } catch {
        return false;
      }
    },
  });
}

/** Grafana's Combobox measures texts on a canvas. */
Object.defineProperty(HTMLCanvasElement.prototype, 'getContext', {
  value: () => ({ measureText: () => ({ width: 0 }) }),
});

Object.defineProperty(Element.prototype, 'scrollIntoView', { value: () => undefined, configurable: true });

/** jsdom knows no pointers. */
if (typeof window.PointerEvent !== 'function') {
  class TestPointerEvent extends MouseEvent {
    readonly pointerId = 1;
  }
  Object.assign(window, { PointerEvent: TestPointerEvent });
}
Object.defineProperty(Element.prototype, 'setPointerCapture', { value: () => undefined, configurable: true });

export {};
