import fs from 'fs';
import path from 'path';

import plugin from '../plugin.json';
import { QUERY_TYPES } from '../query/queryTypes';
import { DASHBOARD_TAG } from './defaults';

const root = path.resolve(__dirname, '..', '..');
const PROVISIONED = path.join(root, 'provisioning', 'dashboards');
/** The uid of the data source that is provisioned beside the dashboards. */
const PROVISIONED_UID = 'windmill-flow-steps';
/** Grafana asks for the data source when it imports a dashboard that comes with a plugin. */
const INPUT = {
  name: 'DS_WINDMILL',
  label: 'Windmill Flow Steps',
  description: 'The data source whose flows are shown.',
  type: 'datasource',
  pluginId: plugin.id,
  pluginName: plugin.name,
};

interface Dashboard {
  uid?: string;
  title: string;
  tags: string[];
  panels: Array<{ title: string; datasource: unknown; targets: Array<{ queryType: string }> }>;
}

/** A provisioned dashboard as the plugin brings it: of any data source, and with no uid that could be taken. */
function bundled(file: string): Dashboard {
  const { uid: _uid, version: _version, ...dashboard } = read(path.join(PROVISIONED, file));
  const anySource = JSON.stringify(dashboard).replaceAll(
    JSON.stringify({ type: plugin.id, uid: PROVISIONED_UID }),
    JSON.stringify({ type: plugin.id, uid: `\${${INPUT.name}}` })
  );
  return { __inputs: [INPUT], ...JSON.parse(anySource) };
}

function read(file: string) {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

const files = fs.readdirSync(PROVISIONED).filter((file) => file.endsWith('.json'));

describe('the dashboards that come with the plugin', () => {
  it('are those that are provisioned, and the manifest names each', () => {
    expect(fs.readdirSync(__dirname).filter((file) => file.endsWith('.json'))).toEqual(files);
    expect(plugin.includes).toEqual(
      files.map((file) => ({
        type: 'dashboard',
        name: read(path.join(PROVISIONED, file)).title,
        path: `dashboards/${file}`,
        addToNav: false,
      }))
    );
  });

  // UPDATE_DASHBOARDS=1 npx jest src/dashboards writes them anew from the provisioned ones.
  it.each(files)('%s is the provisioned one, for any data source', (file) => {
    const target = path.join(__dirname, file);
    const wanted = bundled(file);
    if (process.env.UPDATE_DASHBOARDS) {
      fs.writeFileSync(target, `${JSON.stringify(wanted, null, 2)}\n`);
    }
    expect(read(target)).toEqual(wanted);
    expect(fs.readFileSync(target, 'utf8')).not.toContain(`"uid": "${PROVISIONED_UID}"`);
  });

  it.each(files)('%s asks only for what the data source answers', (file) => {
    const { panels, tags } = read(path.join(__dirname, file)) as Dashboard;
    const known = QUERY_TYPES.map(({ value }) => value as string);
    expect(tags).toContain(DASHBOARD_TAG);
    for (const panel of panels) {
      expect(panel.datasource).toEqual({ type: plugin.id, uid: '${DS_WINDMILL}' });
      expect(panel.targets.length).toBeGreaterThan(0);
      panel.targets.forEach(({ queryType }) => expect(known).toContain(queryType));
    }
  });
});
