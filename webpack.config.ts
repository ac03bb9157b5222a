import CopyWebpackPlugin from 'copy-webpack-plugin';
import fs from 'fs';
import path from 'path';
import type { Configuration } from 'webpack';
import { merge } from 'webpack-merge';

import baseConfig, { type Env } from './.config/webpack/webpack.config.ts';

const source = path.resolve(process.cwd(), 'src');

/**
 * The scaffold's entries are every plugin.json below any directory named src, node_modules included.
 * Here they are named: the data source and, nested in it, the panel.
 */
function entries(): Record<string, string> {
  const datasource = { module: path.join(source, 'module.ts') };
  const panel = path.join(source, 'panel', 'module.tsx');
  return fs.existsSync(panel) ? { ...datasource, 'panel/module': panel } : datasource;
}

/**
 * The scaffold copies images and documents of the outer plugin only. The panel's directory needs its own,
 * both to be drawn in Grafana's lists and to be packed as a plugin of its own.
 */
function panelFiles(): CopyWebpackPlugin {
  const optional = { noErrorOnMissing: true, force: true };
  const ownReadme = fs.existsSync(path.join(source, 'panel', 'README.md'));
  return new CopyWebpackPlugin({
    patterns: [
      { from: 'panel/img', to: 'panel/img', ...optional },
      { from: ownReadme ? 'panel/README.md' : 'README.md', to: 'panel/README.md', ...optional },
      { from: '../LICENSE', to: 'panel/LICENSE', toType: 'file', ...optional },
      { from: '../CHANGELOG.md', to: 'panel/CHANGELOG.md', ...optional },
      { from: '../NOTICE', to: 'NOTICE', toType: 'file', ...optional },
      { from: '../NOTICE', to: 'panel/NOTICE', toType: 'file', ...optional },
    ],
  });
}

const config = async (env: Env): Promise<Configuration> => {
  const base = await baseConfig(env);
  base.entry = entries();
  return merge(base, { plugins: [panelFiles()] });
};

export default config;
