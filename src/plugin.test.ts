import fs from 'fs';
import path from 'path';

import packageJson from '../package.json';
import pluginJson from './plugin.json';

const root = path.resolve(__dirname, '..');

describe('plugin.json', () => {
  it('is one file: the one at the root and the one in src are the same bytes', () => {
    const outer = fs.readFileSync(path.join(root, 'plugin.json'));
    const inner = fs.readFileSync(path.join(root, 'src', 'plugin.json'));
    expect(inner.equals(outer)).toBe(true);
  });

  it('takes its version from package.json at build time', () => {
    expect(packageJson.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(pluginJson.info.version).toBe('%VERSION%');
    expect(pluginJson.info.updated).toBe('%TODAY%');
    expect(packageJson.name).toBe(pluginJson.id);
  });

  it('has the version of package.json in the changelog', () => {
    const changelog = fs.readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8');
    expect(/^## (\S+)/m.exec(changelog)?.[1]).toBe(packageJson.version);
  });

  it('names only files that exist', () => {
    const { logos, screenshots } = pluginJson.info;
    const files = [logos.small, logos.large, ...screenshots.map((shot: { path: string }) => shot.path)];
    expect(files.filter((file) => !fs.existsSync(path.join(root, 'src', file)))).toEqual([]);
  });

  it('has a logo without scripts, foreign content or links', () => {
    const svg = fs.readFileSync(path.join(root, 'src', pluginJson.info.logos.small), 'utf8');
    expect(svg).not.toMatch(/<script|<foreignObject|<use|href|\son\w+=|url\(|<style|<!/i);
  });

  it('has a nested panel of the same version', () => {
    const panel = JSON.parse(fs.readFileSync(path.join(root, 'src', 'panel', 'plugin.json'), 'utf8'));
    expect(panel).toMatchObject({ id: 'flowsteps-windmill-panel', type: 'panel', info: { version: '%VERSION%' } });
    expect(panel.dependencies.grafanaDependency).toBe(pluginJson.dependencies.grafanaDependency);
  });
});
