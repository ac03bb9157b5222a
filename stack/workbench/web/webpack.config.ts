import CopyWebpackPlugin from 'copy-webpack-plugin';
import path from 'path';
import TerserPlugin from 'terser-webpack-plugin';
import webpack, { type Configuration } from 'webpack';

const root = process.cwd();
const web = path.join(root, 'stack', 'workbench', 'web');
const modules = path.join(root, 'node_modules');
const output = path.join(web, 'dist');

/** The file names under which Grafana's global styles ask for their fonts, and the files that are put there. */
const fonts: Record<string, string> = {
  'inter/Inter-Regular.woff2': '@fontsource/inter/files/inter-latin-400-normal.woff2',
  'inter/Inter-Medium.woff2': '@fontsource/inter/files/inter-latin-500-normal.woff2',
  'inter/Inter-Italic.woff2': '@fontsource/inter/files/inter-latin-400-italic.woff2',
  'inter/Inter-MediumItalic.woff2': '@fontsource/inter/files/inter-latin-500-italic.woff2',
  'roboto/L0xTDF4xlVMF-BfR8bXMIhJHg45mwgGEFl0_3vrtSM1J-gEPT5Ese6hmHSh0mQ.woff2':
    '@fontsource/roboto-mono/files/roboto-mono-latin-400-normal.woff2',
};

/** Everything that the page needs is copied here, so that no other host is asked for anything. */
const copied = new CopyWebpackPlugin({
  patterns: [
    { from: path.join(web, 'index.html'), to: 'index.html' },
    { from: path.join(modules, '@grafana/ui/dist/public/img/icons'), to: 'public/build/img/icons' },
    // Icons that Grafana has but its package leaves out, drawn for the workbench.
    { from: path.join(web, 'icons'), to: 'public/build/img/icons' },
    // Without the font packages the page falls back on the system's fonts.
    ...Object.entries(fonts).map(([to, from]) => ({
      from: path.join(modules, from),
      to: path.join('public/fonts', to),
      toType: 'file' as const,
      noErrorOnMissing: true,
    })),
  ],
});

const config: Configuration = {
  mode: 'production',
  context: web,
  entry: { boot: path.join(web, 'boot.ts') },
  cache: {
    type: 'filesystem',
    name: 'workbench',
    buildDependencies: { config: [path.join(web, 'webpack.config.ts')] },
  },
  devtool: false,
  output: {
    path: output,
    clean: true,
    filename: 'public/workbench/[name].js',
    chunkFilename: 'public/workbench/[name].[contenthash:8].js',
    assetModuleFilename: 'public/workbench/[name].[contenthash:8][ext]',
    publicPath: '/',
    uniqueName: 'workbench',
  },
  module: {
    rules: [
      {
        test: /\.tsx?$/,
        exclude: /node_modules/,
        use: {
          loader: 'swc-loader',
          options: {
            jsc: {
              target: 'es2022',
              parser: { syntax: 'typescript', tsx: true },
            },
          },
        },
      },
      // @grafana/ui imports some files of its dependencies without their extension.
      { test: /\.mjs$/, resolve: { fullySpecified: false } },
      { test: /\.css$/, use: ['style-loader', 'css-loader'] },
      { test: /\.(ttf|woff2?|svg|png)$/, type: 'asset/resource' },
    ],
  },
  resolve: {
    extensions: ['.ts', '.tsx', '.mjs', '.js'],
    // One copy of each library that the page shares with the plugin, whatever version other packages brought along.
    alias: { '@emotion/css': path.join(modules, '@grafana/ui/node_modules/@emotion/css') },
  },
  optimization: {
    minimizer: [new TerserPlugin({ minify: TerserPlugin.swcMinify, extractComments: false })],
  },
  plugins: [copied, new webpack.DefinePlugin({ 'process.env.NODE_ENV': JSON.stringify('production') })],
  performance: { hints: false },
  stats: 'errors-warnings',
};

export default config;
