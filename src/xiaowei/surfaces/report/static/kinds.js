// One function per kind of chart: the numbers of the page in, ECharts' options out.
(() => {
  "use strict";
  const { kinds, number, tip, axis, legend } = window.xiaowei;
  const SYMBOLS = ["circle", "triangle", "rect", "diamond"];
  const DASHES = ["solid", "dashed", "dotted", [6, 3, 1, 3]];
  const below = { nameLocation: "middle", nameGap: 28 };
  const grid = { left: 8, right: 24, top: 56, bottom: 30, containLabel: true };

  kinds.frontier = (data, words, look) => {
    const [budget, profit, offered, run, recipe] = words;
    const mark = (name, point, symbol, at) => ({
      name, type: "scatter", data: [point], symbol, symbolSize: 13, z: 5,
      itemStyle: { color: look.lines[at] },
      tooltip: { show: true },
    });
    const series = [
      {
        name: words[5], type: "line", data: data.points, symbol: "circle", symbolSize: 5,
        lineStyle: { width: 2, color: look.lines[0] }, itemStyle: { color: look.lines[0] },
      },
      mark(run, data.run, "diamond", 1),
    ];
    if (data.recipe) series.push(mark(recipe, data.recipe, "triangle", 2));
    const say = (one) => {
      const lines = [one.seriesName, `${budget} ${number(one.value[0])}`, `${profit} ${number(one.value[1])}`];
      if (one.seriesIndex === 0) lines.push(`${offered} ${number(data.offered[one.dataIndex])}`);
      return lines.join("\n");
    };
    return {
      grid, series,
      legend: legend(look, series.map((one) => one.name)),
      tooltip: tip(look, say, "item"),
      xAxis: axis(look, budget, { ...below, splitLine: { show: false } }),
      yAxis: axis(look, profit, { nameTextStyle: { align: "left", color: look.soft }, scale: true }),
    };
  };

  kinds.churn = (data, words, look) => {
    const [rate, churn, fitted, stated] = words;
    const series = data.grades.flatMap((grade, at) => [
      {
        name: grade, type: "line", data: data.curves[at], symbol: "none",
        lineStyle: { width: 2, type: DASHES[at % 4], color: look.lines[at % 4] },
        itemStyle: { color: look.lines[at % 4] },
      },
      {
        name: grade, type: "scatter", data: data.points[at], symbol: SYMBOLS[at % 4],
        symbolSize: 7, itemStyle: { color: "transparent", borderColor: look.lines[at % 4], borderWidth: 1.5 },
      },
    ]);
    return {
      grid, series,
      legend: legend(look, data.grades),
      tooltip: tip(look, (one) => `${one.seriesName} ${one.seriesType === "line" ? fitted : stated}\n${rate} ${number(one.value[0])}%\n${churn} ${number(one.value[1])}%`, "item"),
      xAxis: axis(look, `${rate} %`, { ...below, scale: true, splitLine: { show: false } }),
      yAxis: axis(look, `${churn} %`, { min: 0, max: 100, nameTextStyle: { align: "left", color: look.soft } }),
    };
  };

  const diagonal = (name, last, look) => ({
    name, type: "line", data: [[0, 0], [last, last]], symbol: "none", silent: true,
    lineStyle: { width: 1, type: "dashed", color: look.soft }, itemStyle: { color: look.soft },
  });

  kinds.roc = (data, words, look) => {
    const [alarms, caught, model, chance] = words;
    const series = [
      {
        name: model, type: "line", data: data.points, symbol: "none",
        lineStyle: { width: 2, color: look.lines[0] }, itemStyle: { color: look.lines[0] },
      },
      diagonal(chance, 1, look),
    ];
    return {
      grid, series,
      legend: legend(look, [model, chance]),
      tooltip: tip(look, (all) => `${alarms} ${number(all[0].value[0])}\n${caught} ${number(all[0].value[1])}`),
      xAxis: axis(look, alarms, { ...below, min: 0, max: 1, splitLine: { show: false } }),
      yAxis: axis(look, caught, { min: 0, max: 1, nameTextStyle: { align: "left", color: look.soft } }),
    };
  };

  const whisker = (look) => (_params, api) => {
    const [x, low, high] = [api.value(0), api.value(2), api.value(3)];
    if (Number.isNaN(low) || Number.isNaN(high)) return null;
    const [from, to] = [api.coord([x, low]), api.coord([x, high])];
    return {
      type: "line",
      shape: { x1: from[0], y1: from[1], x2: to[0], y2: to[1] },
      style: { stroke: look.lines[0], lineWidth: 1.5 },
    };
  };

  kinds.calibration = (data, words, look) => {
    const [predicted, observed, firms, perfect, interval] = words;
    const most = Math.max(...data.points.flatMap((one) => one.slice(0, 4)).filter((one) => one !== null), 1);
    const last = Math.min(100, Math.ceil(most / 10) * 10);
    const series = [
      { name: interval, type: "custom", data: data.points, renderItem: whisker(look), silent: true, itemStyle: { color: look.lines[0] } },
      { name: observed, type: "scatter", data: data.points, symbolSize: 9, itemStyle: { color: look.lines[0] } },
      diagonal(perfect, last, look),
    ];
    const say = ({ value }) =>
      `${predicted} ${number(value[0])}%\n${observed} ${number(value[1])}%\n${interval} ${number(value[2])}–${number(value[3])}%\n${firms} ${value[4]}`;
    return {
      grid, series,
      legend: legend(look, [observed, perfect]),
      tooltip: tip(look, say, "item"),
      xAxis: axis(look, `${predicted} %`, { ...below, min: 0, max: last, splitLine: { show: false } }),
      yAxis: axis(look, `${observed} %`, { min: 0, max: last, nameTextStyle: { align: "left", color: look.soft } }),
    };
  };

  kinds.radar = (data, words, look, lang) => {
    const line = (name, value, at, more) => ({
      name, value, symbol: SYMBOLS[at], symbolSize: at ? 0 : 6,
      lineStyle: { color: look.lines[at ? 3 : 0], width: at ? 1.2 : 2, type: at ? "dashed" : "solid" },
      itemStyle: { color: look.lines[at ? 3 : 0] }, ...more,
    });
    const axes = data.axes[lang];
    const rows = (one) => [one.name, ...axes.map((name, at) => `${name} ${number(one.value[at], 0)}`)].join("\n");
    return {
      legend: { ...legend(look, [{ name: words[0], icon: "circle" }, { name: words[1], icon: "rect" }]), itemWidth: 12, itemHeight: 10 },
      tooltip: tip(look, rows, "item"),
      radar: {
        indicator: axes.map((name) => ({ name, max: 100, min: 0 })),
        center: ["50%", "55%"], radius: look.narrow ? "58%" : "68%", splitNumber: 4,
        axisName: { color: look.ink, fontSize: 12 },
        axisLine: { lineStyle: { color: look.rule } },
        splitLine: { lineStyle: { color: look.rule } },
        splitArea: { show: false },
      },
      series: [{
        type: "radar",
        data: [
          line(words[1], axes.map(() => 50), 1, {}),
          line(words[0], data.values, 0, { areaStyle: { color: look.lines[0], opacity: 0.12 } }),
        ],
      }],
    };
  };

  kinds.series = (data, words, look) => {
    const rows = [["sales", 0], ["purchases", 1], ["declared", 2]].filter(([key]) => data[key]);
    const last = data.months.length - 1;
    // A month that the data do not reach the end of is drawn hollow and named so.
    const marked = (values) => (data.partial ? values.map((value, at) => (at === last ? { value, symbol: "emptyCircle", symbolSize: 10 } : value)) : values);
    const named = data.months.map((month, at) => (data.partial && at === last ? `${month} ${words[4]}` : month));
    const line = (name, values, at, more = {}) => ({
      name, type: "line", data: marked(values), connectNulls: false, symbol: SYMBOLS[at], symbolSize: 5,
      showAllSymbol: "auto", lineStyle: { width: at ? 1.5 : 2, type: DASHES[at], color: look.lines[at] },
      itemStyle: { color: look.lines[at] }, ...more,
    });
    const series = rows.map(([key, at]) => line(words[at], data[key], at));
    const months = (more) => ({
      type: "category", data: named, boundaryGap: false,
      axisLine: { lineStyle: { color: look.soft } }, axisTick: { show: false },
      axisLabel: { color: look.soft, fontSize: 12 }, ...more,
    });
    const money = axis(look, "", { scale: false });
    const say = (all) => [all[0].axisValue, ...all.map((one) => `${one.seriesName} ${number(one.value)}`)].join("\n");
    const top = look.narrow ? 62 : 40;
    const options = {
      grid: [{ ...grid, top }], xAxis: [months({})], yAxis: [money], series,
      legend: legend(look, series.map((one) => one.name)), tooltip: tip(look, say),
    };
    if (!data.kwh) return options;
    options.grid = [{ ...grid, top, bottom: "38%" }, { ...grid, top: "70%", bottom: 8 }];
    options.xAxis = [months({ axisLabel: { show: false } }), months({ gridIndex: 1 })];
    options.yAxis.push(axis(look, words[3], { gridIndex: 1, splitNumber: 2, nameTextStyle: { align: "left", color: look.soft } }));
    options.axisPointer = { link: [{ xAxisIndex: "all" }] };
    series.push(line(words[3], data.kwh, 3, { xAxisIndex: 1, yAxisIndex: 1 }));
    return options;
  };

  // Shades the periods that were judged, where it is known which.
  const judged = (data, look) => (data.judged_from ? {
    markArea: {
      silent: true, itemStyle: { color: look.soft, opacity: 0.12 },
      data: [[{ xAxis: data.judged_from }, { xAxis: data.periods[data.periods.length - 1] }]],
    },
  } : {});

  // What was invoiced beside what other sources let expect, with the band in which nine in
  // ten honest periods lie; electricity below.
  kinds.band = (data, words, look) => {
    const [stated, expected, range, kwh] = words;
    const months = (more) => ({
      type: "category", data: data.periods, boundaryGap: false,
      axisLine: { lineStyle: { color: look.soft } }, axisTick: { show: false },
      axisLabel: { color: look.soft, fontSize: 12 }, ...more,
    });
    const line = (name, values, at, more = {}) => ({
      name, type: "line", data: values, symbol: SYMBOLS[at], symbolSize: 6, connectNulls: false,
      lineStyle: { width: at ? 1.5 : 2, type: DASHES[at], color: look.lines[at] },
      itemStyle: { color: look.lines[at] }, ...more,
    });
    const none = { lineStyle: { opacity: 0 }, symbol: "none", stack: "band" };
    const wide = data.high.map((high, at) => (high === null ? null : high - data.low[at]));
    const series = [
      { name: "", type: "line", data: data.low, silent: true, ...none },
      { name: range, type: "line", data: wide, ...none, itemStyle: { color: look.lines[1] }, areaStyle: { color: look.lines[1], opacity: 0.18 } },
      line(expected, data.expected, 1),
      line(stated, data.stated, 0, judged(data, look)),
    ];
    const say = (all) => {
      const at = all[0].dataIndex;
      const lines = [data.periods[at], `${stated} ${number(data.stated[at])}`, `${expected} ${number(data.expected[at])}`, `${range} ${number(data.low[at])} – ${number(data.high[at])}`];
      if (data.kwh) lines.push(`${kwh} ${number(data.kwh[at])}`);
      return lines.join("\n");
    };
    const top = look.narrow ? 62 : 40;
    const options = {
      grid: [{ ...grid, top }], xAxis: [months({})], yAxis: [axis(look, "", { scale: false })], series,
      legend: legend(look, [stated, expected, { name: range, icon: "rect" }]), tooltip: tip(look, say),
    };
    if (!data.kwh) return options;
    options.grid = [{ ...grid, top, bottom: "38%" }, { ...grid, top: "70%", bottom: 8 }];
    options.xAxis = [months({ axisLabel: { show: false } }), months({ gridIndex: 1 })];
    options.yAxis.push(axis(look, kwh, { gridIndex: 1, splitNumber: 2, nameTextStyle: { align: "left", color: look.soft } }));
    options.axisPointer = { link: [{ xAxisIndex: "all" }] };
    series.push(line(kwh, data.kwh, 3, { xAxisIndex: 1, yAxisIndex: 1 }));
    return options;
  };

  // Month by month beside electricity alone; the months that were judged are shaded.
  kinds.power = kinds.band;

  // Firms on a circle, an arrow for each delivery with its day and amount.
  kinds.ring = (data, words, look) => ({
    tooltip: tip(look, (one) => one.name, "item"),
    series: [{
      type: "graph", layout: "circular", circular: { rotateLabel: false },
      left: "22%", right: "22%", top: "14%", bottom: "14%", symbolSize: 18, roam: false,
      edgeSymbol: ["none", "arrow"], edgeSymbolSize: 9,
      label: { show: true, color: look.ink, fontSize: 12, position: "top" },
      data: data.firms.map((name, at) => ({ name, itemStyle: { color: at ? look.lines[1] : look.lines[0] } })),
      links: data.legs.map((leg) => ({
        source: leg.seller, target: leg.buyer, name: leg.text,
        lineStyle: { color: look.soft, width: 1.5, curveness: 0.15 },
        label: { show: true, formatter: leg.text, color: look.soft, fontSize: 11 },
      })),
    }],
  });

  // One invoice as each side states it, back to back; where a side voided it, the bar is
  // hollow.
  kinds.mirror = (data, words, look) => {
    const [sold, bought, voided] = words;
    const bar = (name, values, gone, sign, at) => ({
      name, type: "bar", stack: "sides", barMaxWidth: 22, itemStyle: { color: look.lines[at] },
      label: {
        show: true, position: sign < 0 ? "left" : "right", color: look.ink, fontSize: 12,
        formatter: (one) => `${number(Math.abs(one.value))}${gone[one.dataIndex] ? ` ${voided}` : ""}`,
      },
      data: values.map((value, n) => ({
        value: sign * Math.abs(value),
        itemStyle: gone[n]
          ? { color: "transparent", borderColor: look.lines[at], borderWidth: 1.5, borderType: "dashed" }
          : { color: look.lines[at] },
      })),
    });
    const most = Math.max(...data.sold.map(Math.abs), ...data.bought.map(Math.abs)) * 1.8;
    return {
      grid: { left: 8, right: 8, top: look.narrow ? 62 : 40, bottom: 8, containLabel: true },
      xAxis: { type: "value", min: -most, max: most, axisLabel: { show: false }, splitLine: { show: false }, axisTick: { show: false } },
      yAxis: { type: "category", inverse: true, data: data.names, axisLine: { show: false }, axisTick: { show: false }, axisLabel: { color: look.soft, fontSize: 12 } },
      series: [bar(sold, data.sold, data.voided.sold, -1, 0), bar(bought, data.bought, data.voided.bought, 1, 1)],
      legend: legend(look, [sold, bought]),
      tooltip: tip(look, (one) => `${one.name}\n${one.seriesName} ${number(Math.abs(one.value))}`, "item"),
    };
  };
})();
