import { reportOf, reportText } from './report';

const DETAILS = {
  upstreams: [
    { name: 'Tempo', configured: true, ok: true, message: 'Tempo works.', version: '2.9.0' },
    { name: 'Prometheus', configured: true, ok: true, message: 'Prometheus works.', version: null },
    { name: 'Loki', configured: false, ok: false, message: 'Loki is not configured.', version: null },
  ],
  spanMetrics: {
    exists: true,
    windmill: true,
    series: ['calls'],
    tags: ['workspace_id', 'tag'],
    missing: ['step_path'],
    histogram: 'classic',
    stepLabel: '',
    seriesCount: 1234,
    sampled: 15.0001,
    iterationSeries: null,
  },
  advice: [
    { title: 'The span metrics lack step_path', text: 'Add it.', lines: ['# tempo.yaml', 'metrics_generator:'] },
  ],
};

it('is read from the details of a health check', () => {
  const report = reportOf(DETAILS);
  expect(report?.upstreams[0]).toEqual(DETAILS.upstreams[0]);
  expect(report?.upstreams[2]).toMatchObject({ configured: false, version: undefined });
  expect(report?.spanMetrics).toMatchObject({ missing: ['step_path'], seriesCount: 1234 });
});

it.each([undefined, null, 'x', {}, { upstreams: 'x' }])('is none in %j', (details) => {
  expect(reportOf(details)).toBeUndefined();
});

it('leaves out what is of no use to it, and does not stumble over it', () => {
  expect(
    reportOf({ upstreams: [null, { name: 1 }], spanMetrics: null, advice: [{ title: 't', lines: [1, 'a'] }] })
  ).toEqual({
    upstreams: [{ name: '', configured: false, ok: false, message: '', version: undefined }],
    spanMetrics: undefined,
    advice: [{ title: 't', text: '', lines: ['a'] }],
  });
});

it('is written as text, with the lines to add', () => {
  expect(reportText(reportOf(DETAILS)!)).toBe(
    [
      'Tempo 2.9.0: Tempo works.',
      'Prometheus: Prometheus works.',
      'Loki: Loki is not configured.',
      "Span metrics: of Windmill's spans, 1,234 series",
      'Latency histogram: classic',
      'Labels from Windmill: workspace_id, tag',
      'Missing labels: step_path',
      'Samples: 15 s apart',
      '',
      'The span metrics lack step_path',
      'Add it.',
      '',
      '# tempo.yaml',
      'metrics_generator:',
    ].join('\n')
  );
});
