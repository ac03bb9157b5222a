import { axe } from 'jest-axe';

/** What axe-core finds wrong, one line each; empty when nothing is. Colours are not checked: jsdom has no layout. */
export async function accessibilityProblems(container: Element): Promise<string[]> {
  const { violations } = await axe(container);
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
}
