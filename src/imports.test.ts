import fs from 'fs';
import path from 'path';

const SOURCES = /\.tsx?$/;
const IMPORT = /(?:^|\n)(?:import|export)[^;'"]*?from '(\.[^']+)'|(?:^|\n)import '(\.[^']+)'|import\('(\.[^']+)'\)/g;

/** Which of our files each file imports, types too. */
function importsOf(root: string): Map<string, string[]> {
  const files = fs
    .readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => SOURCES.test(file))
    .map((file) => path.join(root, file));
  const known = new Set(files);
  const resolve = (from: string, to: string) =>
    ['.ts', '.tsx', '/index.ts', '.d.ts']
      .map((end) => path.join(path.dirname(from), to) + end)
      .find((file) => known.has(file));
  return new Map(
    files.map((file) => {
      const targets = [...fs.readFileSync(file, 'utf8').matchAll(IMPORT)].map(
        (match) => match[1] ?? match[2] ?? match[3]
      );
      return [file, targets.map((target) => resolve(file, target)).filter((target) => target !== undefined)];
    })
  );
}

/** A way from a file back to itself, or undefined. */
function circle(graph: Map<string, string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, way: string[]): string[] | undefined => {
    if (way.includes(file)) {
      return [...way.slice(way.indexOf(file)), file];
    }
    if (done.has(file)) {
      return undefined;
    }
    for (const next of graph.get(file) ?? []) {
      const found = visit(next, [...way, file]);
      if (found) {
        return found;
      }
    }
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const found = visit(file, []);
    if (found) {
      return found;
    }
  }
  return undefined;
}

it('no file imports itself by way of others, not even for a type', () => {
  const graph = importsOf(__dirname);
  const datasource = path.join(__dirname, 'datasource.ts');
  expect(graph.get(datasource)).toContain(path.join(__dirname, 'variables', 'variableSupport.ts'));
  expect(circle(graph)?.map((file) => path.relative(__dirname, file))).toBeUndefined();
});

it('a circle is found', () => {
  const graph = new Map([
    ['a', ['b']],
    ['b', ['c', 'd']],
    ['c', []],
    ['d', ['b']],
  ]);
  expect(circle(graph)).toEqual(['b', 'd', 'b']);
});
