// Shows the numbers of the charts at one moment, for a slider and for the pointer. The page has all of it without this.
(() => {
  const report = JSON.parse(document.getElementById('report').textContent);
  const slider = document.getElementById('moment');
  const says = document.getElementById('moment-says');
  const line = document.getElementById('moment-line');
  const svg = document.querySelector('svg.chart');
  // A deployment that ended before its first shift has no charts.
  if (svg === null) return;
  const left = Number(svg.dataset.left);
  const right = Number(svg.dataset.right);
  document.documentElement.classList.add('scripted');

  const at = (points, ms) => points.findLast((point) => point.atMs <= ms);

  const duration = (ms) => {
    const seconds = Math.round(ms / 1000);
    const parts = [
      [Math.floor(seconds / 86400), 'd'],
      [Math.floor(seconds / 3600) % 24, 'h'],
      [Math.floor(seconds / 60) % 60, 'm'],
      [seconds % 60, 's'],
    ];
    return (
      parts
        .filter(([count]) => count > 0)
        .map(([count, unit]) => `${count}${unit}`)
        .join('') || '0s'
    );
  };

  const weights = (ms) =>
    report.courses.map(({ route, points }) => {
      const found = at(points, ms);
      if (found === undefined) return `${route}: not read yet`;
      const { greenPct } = found;
      return `${route}: ${greenPct === null ? 'no split of ours' : `green ${greenPct} %`}`;
    });

  const targets = (ms) => {
    const found = at(report.targets, ms);
    const count = (of) => (of == null ? 'unknown' : `${of.healthy} of ${of.of} healthy`);
    return found === undefined ? [] : [`blue ${count(found.blue)}`, `green ${count(found.green)}`];
  };

  const requests = (ms) => {
    const found = report.traffic === null ? undefined : at(report.traffic.slices, ms);
    if (found === undefined) return [];
    const { sliceMs } = report.traffic;
    const seconds = Math.min(sliceMs, report.durationMs - found.atMs) / 1000;
    return ['blue', 'green'].map(
      (colour) =>
        `${colour} ${(found[colour].requests / seconds).toFixed(1)} requests/s, ` +
        `${found[colour].failed} failed in this slice of ${duration(sliceMs)}`,
    );
  };

  const show = (ms) => {
    const x = left + ((right - left) * ms) / Math.max(report.durationMs, 1000);
    line.setAttribute('x1', x);
    line.setAttribute('x2', x);
    line.setAttribute('visibility', 'visible');
    const said = `After ${duration(ms)}: ${[...weights(ms), ...targets(ms), ...requests(ms)].join('; ')}`;
    says.textContent = said;
    slider.setAttribute('aria-valuetext', said);
  };

  show(0);
  line.setAttribute('visibility', 'hidden');
  slider.addEventListener('input', () => show(Math.min(Number(slider.value) * 1000, report.durationMs)));
  svg.addEventListener('pointermove', ({ clientX }) => {
    const box = svg.getBoundingClientRect();
    const x = ((clientX - box.left) * svg.viewBox.baseVal.width) / box.width;
    const share = Math.min(1, Math.max(0, (x - left) / (right - left)));
    slider.value = String(Math.round((share * report.durationMs) / 1000));
    show(share * report.durationMs);
  });
})();
