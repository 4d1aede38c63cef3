// Draws figures by Apache ECharts as SVG, in the colours of the page; texts are drawn as text, never as HTML.
const data = JSON.parse(document.getElementById('data').textContent);
const drawn = new Map(); // element -> { chart, figure }
const fontFamily = getComputedStyle(document.body).fontFamily;
const symbols = ['circle', 'rect', 'triangle', 'diamond', 'pin', 'arrow', 'roundRect', 'circle'];

function show(number) {
  if (number === null || number === undefined) return '';
  if (typeof number !== 'number') return String(number);
  const text = Math.abs(number) >= 1e6 || (number !== 0 && Math.abs(number) < 1e-3) ? number.toExponential(2) : String(Number(number.toPrecision(4)));
  return text.replace('-', '−');
}

function xOf(series) {
  return series.grid === undefined ? series.x : data.grids[series.grid];
}

function seriesColour(series, index) {
  return colour('c' + (series.colour === undefined ? index : series.colour) % 8);
}

function axis(model, ink, grid, isVertical, marks = []) {
  const option = {
    type: model.names ? 'category' : 'value', name: model.label, nameLocation: isVertical ? 'end' : 'middle', nameGap: isVertical ? 12 : 28,
    nameTextStyle: { color: ink, fontFamily, fontSize: 12, align: isVertical ? 'left' : 'center', padding: isVertical ? [0, 0, 0, -30] : 0 },
    axisLine: { show: true, onZero: false, lineStyle: { color: grid } }, axisTick: { show: !isVertical, lineStyle: { color: grid } },
    axisLabel: { color: ink, fontFamily, fontSize: 12, formatter: (value) => model.names ? String(value) : show(value) },
    splitLine: { show: isVertical && !model.names, lineStyle: { color: grid } }, scale: true,
  };
  if (model.names) option.data = model.names;
  if (model.low !== undefined) option.min = model.low;
  if (model.high !== undefined) option.max = model.high;
  if (!isVertical && !model.names && model.low === undefined) {
    const ends = (found) => [Math.min(found.min, ...marks), Math.max(found.max, ...marks)];
    const reach = (found, by) => { const [least, most] = ends(found); return (by < 0 ? least : most) + by * (most > least ? most - least : 1); };
    option.min = (found) => reach(found, -0.03);
    option.max = (found) => reach(found, 0.03);
    Object.assign(option.axisLabel, { showMinLabel: false, showMaxLabel: false });
  }
  return option;
}

// Icons of the legend: a stroke, two dashes, the shape of points, a block.
function iconOf(series, index) {
  if (series.form === 'line') return 'path://M0,6h24v3h-24z';
  if (series.form === 'dashed') return 'path://M0,6h9v3h-9z M15,6h9v3h-9z';
  return series.form === 'points' ? symbols[(series.colour ?? index) % 8] : series.form === 'intervals' ? 'circle' : 'roundRect';
}

function legendOf(all, ink, grid) {
  return { type: 'scroll', bottom: 2, left: 'center', itemWidth: 20, itemHeight: 10, inactiveColor: grid, textStyle: { color: ink, fontFamily, fontSize: 12 }, pageTextStyle: { color: ink }, pageIconColor: ink,
    pageIconInactiveColor: grid, data: all.map((own, index) => ({ name: own.name, icon: iconOf(own, index) })) };
}

function barsOf(fill, isSideways, isOne) {
  return (params, api) => {
    const low = api.value(0), high = api.value(1), height = api.value(2);
    const a = isSideways ? api.coord([0, high]) : api.coord([low, height]);
    const b = isSideways ? api.coord([height, low]) : api.coord([high, 0]);
    const x = Math.min(a[0], b[0]), y = Math.min(a[1], b[1]);
    const gap = isSideways ? 0 : 0.5, rise = isSideways ? 0.5 : 0;
    return {
      type: 'rect', shape: { x: x + gap, y: y + rise, width: Math.max(0.5, Math.abs(b[0] - a[0]) - 2 * gap), height: Math.max(0, Math.abs(b[1] - a[1]) - 2 * rise) },
      style: isOne ? { fill, opacity: 0.8 } : { fill, fillOpacity: 0.25, stroke: fill, lineWidth: 1.5 },
    };
  };
}

function intervalsOf(stroke) {
  return (params, api) => {
    const at = api.coord([api.value(0), api.value(1)]), low = api.coord([api.value(2), api.value(1)]), high = api.coord([api.value(3), api.value(1)]);
    const line = isFinite(low[0]) && isFinite(high[0])
      ? [{ type: 'line', shape: { x1: low[0], y1: low[1], x2: high[0], y2: high[1] }, style: { stroke, lineWidth: 2 } }] : [];
    return { type: 'group', children: [...line, { type: 'circle', shape: { cx: at[0], cy: at[1], r: 3.5 }, style: { fill: stroke } }] };
  };
}

function plane(figure, ink, grid, card) {
  const isOneBar = figure.series.filter((own) => own.form === 'bars').length === 1;
  const series = figure.series.map((own, index) => {
    const stroke = seriesColour(own, index);
    const x = xOf(own);
    const common = { name: own.name, yAxisIndex: own.right ? 1 : 0, itemStyle: { color: stroke }, animation: false, emphasis: { disabled: true } };
    if (own.form === 'bars')
      return { ...common, type: 'custom', renderItem: barsOf(stroke, false, isOneBar), encode: { x: [0, 1], y: 2 }, data: own.y.map((y, k) => [own.lower[k], own.upper[k], y]) };
    if (own.form === 'intervals') {
      return { ...common, type: 'custom', renderItem: intervalsOf(stroke), encode: { x: [0, 2, 3], y: 1 },
        data: x.map((at, k) => ({ value: [at, own.y[k], own.lower[k], own.upper[k]], name: own.labels ? own.labels[k] : '' })) };
    }
    if (own.form === 'points')
      return { ...common, type: 'scatter', symbol: symbols[(own.colour ?? index) % 8], symbolSize: x.length > 400 ? 4 : 8, data: x.map((at, k) => ({ value: [at, own.y[k]], name: own.labels ? own.labels[k] : '' })) };
    return { ...common, type: 'line', showSymbol: false, lineStyle: { color: stroke, width: 2, type: own.form === 'dashed' ? 'dashed' : 'solid' }, data: x.map((at, k) => [at, own.y[k]]) };
  });
  if (figure.marks && series.length > 0) {
    series[0].markLine = { silent: true, symbol: 'none', animation: false, lineStyle: { color: ink, type: 'dotted' },
      label: { color: ink, fontFamily, formatter: (entry) => entry.name, position: 'insideEndTop' }, data: figure.marks.map((mark) => ({ name: mark.label, xAxis: mark.at })) };
  }
  const lines = figure.series.every((own) => own.form === 'line' || own.form === 'dashed');
  const long = figure.y.names ? Math.min(190, 26 + 7 * Math.max(...figure.y.names.map((name) => name.length))) : 46;
  const hasLegend = figure.series.length > 1;
  const options = {
    grid: { left: long, right: figure.right ? 52 : 18, top: 34, bottom: hasLegend ? 74 : 46 },
    xAxis: axis(figure.x, ink, grid, false, (figure.marks || []).map((mark) => mark.at)), yAxis: [axis(figure.y, ink, grid, true)], series,
    legend: hasLegend ? legendOf(figure.series, ink, grid) : undefined,
    tooltip: { trigger: lines ? 'axis' : 'item', renderMode: 'richText', confine: true, backgroundColor: card, borderColor: grid, textStyle: { color: ink, fontFamily, fontSize: 12 },
      axisPointer: { lineStyle: { color: ink } }, formatter: (entry) => tip(figure, entry) },
  };
  if (figure.y.names) {
    options.yAxis[0].inverse = true;
    options.yAxis[0].axisLabel = { ...options.yAxis[0].axisLabel, width: long - 12, overflow: 'truncate', interval: 'auto' };
    options.yAxis[0].axisTick.show = false;
    options.xAxis.splitLine = { show: true, lineStyle: { color: grid } };
    if (figure.y.names.length > 14) options.yAxis[0].axisLabel.fontSize = 11;
  }
  if (figure.right) {
    options.yAxis.push({ ...axis(figure.right, ink, grid, true), splitLine: { show: false } });
    options.yAxis[1].axisLabel.showMaxLabel = false;
    options.yAxis[1].nameTextStyle = { ...options.yAxis[1].nameTextStyle, align: 'right', padding: [0, -34, 0, 0] };
  }
  return options;
}

function tip(figure, entry) {
  const entries = Array.isArray(entry) ? entry : [entry];
  const lines = [];
  entries.forEach((one, place) => {
    const own = figure.series[one.seriesIndex];
    const value = one.value;
    if (own === undefined || value === undefined) return;
    if (own.form === 'bars') lines.push(`${show(value[0])} to ${show(value[1])}: ${show(value[2])}`);
    else if (own.form === 'intervals') lines.push(`${one.name}: ${show(value[0])} (${show(value[2])} to ${show(value[3])})`);
    else {
      if (place === 0 && !one.name) lines.push(`${figure.x.label} ${show(value[0])}`);
      lines.push(one.name ? `${one.name}: ${show(value[0])}, ${show(value[1])}` : `${own.name}: ${show(value[1])}`);
    }
  });
  return lines.join('\n');
}

// Persons to the left, items to the right of one scale; names find a column where they do not cover each other.
function wright(figure, ink, grid, card, width) {
  const persons = figure.series.filter((own) => own.form === 'bars');
  const items = figure.series.filter((own) => own.form === 'points');
  const low = figure.y.low, high = figure.y.high;
  const plot = figure.height - 34 - 46;
  const rowHeight = 14 * (high - low) / plot;
  const all = items.flatMap((own) => own.y.map((y, k) => ({ y, name: own.labels[k], own })).filter((entry) => entry.y !== null)).sort((a, b) => a.y - b.y);
  const columns = [];
  for (const entry of all) {
    let column = columns.findIndex((last) => entry.y - last >= rowHeight);
    if (column < 0) column = columns.push(-Infinity) - 1;
    columns[column] = entry.y;
    entry.column = column;
  }
  const left = width * 0.38;
  const longest = Math.min(22, Math.max(4, ...all.map((entry) => entry.name.length)));
  const named = columns.length * (longest * 6.2 + 16) < width - left - 16;
  const perColumn = named ? longest * 6.2 + 16 : 9;
  const series = persons.map((own, index) => ({
    name: own.name, type: 'custom', xAxisIndex: 0, yAxisIndex: 0, animation: false, itemStyle: { color: seriesColour(own, index) }, renderItem: barsOf(seriesColour(own, index), true, persons.length === 1),
    encode: { x: 2, y: [0, 1] }, data: own.y.map((y, k) => [own.lower[k], own.upper[k], y]),
  }));
  items.forEach((own, index) => {
    const fill = seriesColour(own, persons.length + index);
    series.push({
      name: own.name, type: 'scatter', xAxisIndex: 1, yAxisIndex: 1, animation: false, symbol: symbols[(persons.length + index) % 8], symbolSize: 7, itemStyle: { color: fill },
      label: { show: named, position: 'right', formatter: (entry) => entry.name.length > 22 ? entry.name.slice(0, 21) + '…' : entry.name, color: ink, fontFamily, fontSize: 11 },
      data: all.filter((entry) => entry.own === own).map((entry) => ({ name: entry.name, value: [entry.column * perColumn + 8, entry.y] })),
    });
  });
  const scale = (isLeft) => ({ ...axis(figure.y, ink, grid, true), gridIndex: isLeft ? 0 : 1, min: low, max: high, scale: false, position: isLeft ? 'right' : 'left',
    name: isLeft ? '' : figure.y.label, axisLabel: { ...axis(figure.y, ink, grid, true).axisLabel, show: !isLeft, showMinLabel: false, showMaxLabel: false }, nameTextStyle: { color: ink, fontFamily, fontSize: 12, align: 'center' } });
  return {
    grid: [{ left: 12, width: left - 44, top: 34, bottom: 46 }, { left: left, right: 8, top: 34, bottom: 46 }],
    xAxis: [
      { ...axis(figure.x, ink, grid, false), gridIndex: 0, inverse: true, min: 0, max: null, scale: false, splitNumber: 3 },
      { type: 'value', gridIndex: 1, min: 0, max: Math.max(1, width - left - 16), show: false },
    ],
    yAxis: [scale(true), scale(false)], series,
    legend: { ...legendOf([...persons, ...items], ink, grid), left: undefined, right: 8 },
    tooltip: { trigger: 'item', renderMode: 'richText', confine: true, backgroundColor: card, borderColor: grid, textStyle: { color: ink, fontFamily, fontSize: 12 },
      formatter: (entry) => Array.isArray(entry.value) && entry.value.length === 3
        ? `${show(entry.value[0])} to ${show(entry.value[1])}: ${show(entry.value[2])}` : `${entry.name}: ${show(entry.value[1])}` },
  };
}

function optionsOf(figure, width) {
  const ink = colour('soft'), grid = colour('grid'), card = colour('card');
  const options = figure.layout === 'wright' ? wright(figure, ink, grid, card, width) : plane(figure, ink, grid, card);
  return { ...options, backgroundColor: 'transparent', animation: false, textStyle: { fontFamily } };
}

function draw(element, figure) {
  element.style.height = figure.height + 'px';
  element.setAttribute('role', 'img');
  element.setAttribute('aria-label', figure.title + '. ' + figure.text);
  const chart = echarts.init(element, null, { renderer: 'svg' });
  chart.setOption(optionsOf(figure, element.clientWidth));
  drawn.set(element, { chart, figure });
}

function redraw(width) {
  for (const [element, { chart, figure }] of drawn) {
    if (!element.isConnected) {
      chart.dispose();
      drawn.delete(element);
      continue;
    }
    chart.resize({ width: width || 'auto' });
    chart.setOption(optionsOf(figure, width || element.clientWidth), true);
  }
}

// The numbers of a picture as a table, made when asked for: what each series has a column for.
function numbersOf(figure) {
  const isSideways = figure.layout === 'wright';
  const isNamed = Boolean(figure.y.names);
  const has = (name) => figure.series.some((own) => own[name]);
  const along = isSideways ? figure.y.label : figure.x.label;
  const columns = [['Series', (own) => own.name]];
  if (has('labels')) columns.push(['Name', (own, k) => own.labels ? own.labels[k] : '']);
  columns.push([along || 'value', (own, k) => show(isSideways && own.form === 'points' ? own.y[k] : xOf(own)[k])]);
  if (!isNamed) columns.push([(isSideways ? figure.x.label : figure.y.label) || 'height', (own, k) => isSideways && own.form === 'points' ? '' : show(own.y[k])]);
  if (has('lower')) columns.push(['From', (own, k) => own.lower ? show(own.lower[k]) : ''], ['To', (own, k) => own.upper ? show(own.upper[k]) : '']);
  const table = document.createElement('table');
  table.createCaption().textContent = figure.title;
  const head = table.createTHead().insertRow();
  for (const [title] of columns) {
    const cell = document.createElement('th');
    cell.scope = 'col';
    cell.textContent = title || 'Value';
    head.append(cell);
  }
  const body = table.createTBody();
  for (const own of figure.series) {
    own.y.forEach((y, k) => {
      const row = body.insertRow();
      for (const [, text] of columns) row.insertCell().textContent = text(own, k);
    });
  }
  const scroll = document.createElement('div');
  scroll.className = 'scroll';
  scroll.tabIndex = 0;
  scroll.setAttribute('role', 'region');
  scroll.setAttribute('aria-label', figure.title + ', numbers');
  scroll.append(table);
  return scroll;
}

function fillNumbers(details, figure) {
  details.addEventListener('toggle', () => {
    const place = details.querySelector('div');
    if (details.open && place.childElementCount === 0) place.append(numbersOf(figure));
  }, { once: true });
}

