import { type DataSourceInstanceSettings, type DataSourcePluginMeta } from '@grafana/data';
import { type TemplateSrv } from '@grafana/runtime';

import { WindmillDataSource } from '../datasource';
import { type TagValues, type WindmillOptions } from '../types';
import { fakeTemplateSrv } from './templateSrv';

const SETTINGS = {
  uid: 'windmill-flow-steps',
  type: 'flowsteps-windmill-datasource',
  name: 'Windmill Flow Steps',
  access: 'proxy',
  readOnly: false,
  jsonData: {},
  meta: { id: 'flowsteps-windmill-datasource' } as DataSourcePluginMeta,
} as DataSourceInstanceSettings<WindmillOptions>;

/** A data source whose backend answers tag values with what the test gives. */
export function testDatasource(
  answer: (tag: string) => Promise<TagValues> | TagValues = () => ({ values: [], truncated: false }),
  templateSrv: TemplateSrv = fakeTemplateSrv()
) {
  const datasource = new WindmillDataSource(SETTINGS, templateSrv);
  const getResource = jest.fn(async (_path: string, params?: { tag: string }) => answer(params?.tag ?? ''));
  datasource.getResource = getResource as WindmillDataSource['getResource'];
  return { datasource, getResource };
}
