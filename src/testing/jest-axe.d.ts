// jest-axe ships no types; this is the part of it that the tests use.
declare module 'jest-axe' {
  import { type AxeResults, type RunOptions } from 'axe-core';

  export function axe(html: Element | string, options?: RunOptions): Promise<AxeResults>;
}
