// force timezone to UTC to allow tests to work regardless of local timezone
// generally used by snapshots, but can affect specific tests
process.env.TZ = 'UTC';

const base = require('./.config/jest.config');
const { grafanaESModules, nodeModulesToTransform } = require('./.config/jest/utils');

const [[, swc]] = Object.entries(base.transform);

module.exports = {
  ...base,
  // Some packages below @grafana/* 13 are ES modules in .mjs files, which the scaffold's pattern leaves out.
  transform: { '^.+\\.m?(t|j)sx?$': swc },
  // Grafana's components are slow to render in jsdom, and build machines are busy.
  testTimeout: 60_000,
  transformIgnorePatterns: [
    nodeModulesToTransform([...grafanaESModules, '@marcbachmann', '@react-hookz', '@ver0', 'd3-.*']),
  ],
};
