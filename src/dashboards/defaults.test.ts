import { adHocKeys } from '../query/adHoc';
import { testDatasource } from '../testing/datasource';
import overview from '../../provisioning/dashboards/windmill-flow-steps.json';
import run from '../../provisioning/dashboards/windmill-run.json';

const { datasource } = testDatasource();

describe('what Grafana adds to dashboards that use the data source', () => {
  it('is one set of filters that belongs to this data source and asks it for its keys', async () => {
    const [filters, ...others] = await datasource.getDefaultVariables();
    expect(others).toEqual([]);
    expect(filters).toMatchObject({
      kind: 'AdhocVariable',
      group: datasource.type,
      datasource: { name: datasource.uid },
      spec: { filters: [], baseFilters: [], defaultKeys: [] },
    });
    expect(await datasource.getTagKeys()).toEqual(adHocKeys());
  });

  it('is a link that finds the dashboards that come with the plugin', async () => {
    const [link] = await datasource.getDefaultLinks();
    expect(link).toMatchObject({ type: 'dashboards', keepTime: true });
    for (const dashboard of [overview, run]) {
      expect(link.tags.every((tag) => dashboard.tags.includes(tag))).toBe(true);
    }
  });
});
