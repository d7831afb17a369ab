/* Draws what the page holds as data. Every chart has its table on the same page, so
   nothing is lost where this file does not run. */
"use strict";

(() => {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const drawn = [];

  // Canvas knows no CSS variables: ask an element what the token comes to.
  const colour = (token) => {
    const asked = document.createElement("span");
    asked.hidden = true;
    asked.style.color = `var(--${token})`;
    document.body.append(asked);
    const answer = getComputedStyle(asked).color;
    asked.remove();
    return answer;
  };

  const light = () => getComputedStyle(document.documentElement).colorScheme === "light"
    || (document.documentElement.dataset.theme !== "dark" && !dark.matches);

  // Told apart by lightness and by symbol as well as by hue.
  const series = () => light()
    ? ["#0b5f61", "#a9772f", "#4c5fa8", "#a14a6b", "#5d8a35"]
    : ["#74cbc7", "#dcae63", "#9aabf0", "#e39ab8", "#a5cf7a"];
  const symbols = ["emptyCircle", "circle", "rect", "triangle", "diamond", "emptyRect"];

  const amounts = (unit) => {
    if (unit === "%") {
      const share = new Intl.NumberFormat("en-GB", { style: "percent", maximumFractionDigits: 1 });
      return { short: (value) => share.format(value), whole: (value) => share.format(value) };
    }
    const short = new Intl.NumberFormat("en-GB", {
      notation: "compact", maximumFractionDigits: 1,
      ...(unit ? { style: "currency", currency: unit, currencyDisplay: "narrowSymbol" } : {}),
    });
    const whole = new Intl.NumberFormat("en-GB", {
      maximumFractionDigits: 2,
      ...(unit ? { style: "currency", currency: unit, currencyDisplay: "narrowSymbol" } : {}),
    });
    return { short: (value) => short.format(value), whole: (value) => whole.format(value) };
  };

  const common = (data) => {
    const ink = colour("ink-2");
    const words = { color: ink, fontFamily: "Inter, sans-serif", fontSize: 12 };
    return {
      words,
      option: {
        animation: !still.matches,
        animationDuration: 350,
        textStyle: words,
        color: series(),
        aria: { enabled: true, label: { description: data.summary } },
        tooltip: {
          // The other mode writes style attributes, which the page's policy refuses.
          renderMode: "richText",
          confine: true,
          backgroundColor: colour("surface"),
          borderColor: colour("line-2"),
          borderWidth: 1,
          padding: [8, 12],
          textStyle: words,
        },
      },
    };
  };

  const axis = (extra) => ({
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: colour("ink-3"), fontSize: 11.5 },
    splitLine: { lineStyle: { color: colour("line") } },
    ...extra,
  });

  const bars = (data) => {
    const { option } = common(data);
    const { short, whole } = amounts(data.unit);
    const narrow = innerWidth < 640;
    return {
      ...option,
      grid: { left: 4, right: 52, top: 8, bottom: 4, outerBoundsMode: "same" },
      tooltip: { ...option.tooltip, trigger: "item", valueFormatter: whole },
      xAxis: axis({ type: "value", splitNumber: narrow ? 3 : 5, axisLabel: { show: false }, splitLine: { show: false } }),
      yAxis: axis({
        type: "category", inverse: true, data: data.names,
        axisLabel: { color: colour("ink-2"), fontSize: 12.5 }, splitLine: { show: false },
      }),
      series: [{
        type: "bar", name: data.title, data: data.values, barMaxWidth: 14,
        itemStyle: { color: colour("accent"), borderRadius: [0, 3, 3, 0] },
        label: { show: true, position: "right", color: colour("ink-2"), fontSize: 11.5, formatter: (item) => short(item.value) },
      }],
    };
  };

  // From this age on the line means something else than it did: said once, on the first.
  const changes = (marks) => ({
    silent: true,
    symbol: "none",
    animation: false,
    lineStyle: { color: colour("brass"), width: 1.5, type: [4, 3] },
    label: { color: colour("ink-2"), fontSize: 11.5, position: "end", align: innerWidth < 640 ? "left" : "center", formatter: (item) => item.name },
    data: marks.map((mark) => ({ xAxis: mark.day, name: mark.words })),
  });

  const lines = (data) => {
    const { option, words } = common(data);
    const { short, whole } = amounts(data.unit);
    return {
      ...option,
      legend: { bottom: 0, left: 0, itemWidth: 18, itemHeight: 8, itemGap: 14, textStyle: words, inactiveColor: colour("line-2") },
      grid: { left: 4, right: 16, top: data.marks.length ? 28 : 12, bottom: innerWidth < 640 ? 76 : 56, outerBoundsMode: "same" },
      tooltip: {
        ...option.tooltip, trigger: "item",
        formatter: (item) => `${item.seriesName}\n${whole(item.value[1])} after ${item.value[0]} days`,
      },
      // A straight scale: a year is four times as far from the start as a quarter.
      xAxis: axis({
        type: "value", min: 0, max: Math.max(...data.days),
        splitLine: { show: false }, axisLine: { show: true, lineStyle: { color: colour("line-2") } },
        axisTick: { show: true, customValues: data.days, lineStyle: { color: colour("line-2") } },
        axisLabel: { color: colour("ink-3"), fontSize: 11.5, customValues: data.days, hideOverlap: false, formatter: (day) => (day === Math.max(...data.days) ? `${day} days` : day), alignMaxLabel: "right" },
      }),
      yAxis: axis({ type: "value", axisLabel: { color: colour("ink-3"), fontSize: 11.5, formatter: short } }),
      series: data.series.map((one, place) => ({
        markLine: place ? undefined : changes(data.marks),
        type: "line", name: one.name, data: one.values.flatMap((value, nth) => (value === null ? [] : [[data.days[nth], value]])),
        symbol: symbols[place % symbols.length], symbolSize: 7,
        lineStyle: one.is_total
          ? { width: 2, type: "dashed", color: colour("ink-2") }
          : { width: 2 },
        itemStyle: one.is_total ? { color: colour("ink-2") } : {},
      })),
    };
  };

  // Month by month: bars, bars on bars, or lines; what is set beside them is dashed.
  const months = (data, width) => {
    const { option, words } = common(data);
    const { short, whole } = amounts(data.unit);
    const isLine = data.shape === "lines";
    const [first, ...rest] = data.series.map((one, place) => ({
      name: one.name, type: isLine ? "line" : "bar", stack: data.shape === "stack" ? "all" : undefined,
      symbol: symbols[place], symbolSize: 6, barMaxWidth: 26, lineStyle: { width: 2 },
      // A month that still grows is drawn lighter.
      data: one.values.map((value, at) => ({ value, itemStyle: one.growing[at] ? { opacity: 0.45 } : {} })),
    }));
    const beside = data.series.filter((one) => one.beside.length).map((one) => ({
      name: `${one.name}, ${data.beside_short}`, type: "line", data: one.beside, symbol: "none",
      lineStyle: { width: 1.5, type: "dashed" }, color: colour("ink-3"),
    }));
    const marked = changes(data.marks.map((mark) => ({ day: data.names[mark.at], words: mark.words })));
    // Their words stand under the chart, and in a tooltip: beside each other they would run together.
    const markLine = { ...marked, silent: false, label: { show: false }, tooltip: { formatter: (item) => item.name } };
    const all = [{ ...first, markLine }, ...rest, ...beside];
    return {
      ...option,
      legend: { show: all.length > 1, bottom: 0, left: 0, itemWidth: 18, itemHeight: 8, itemGap: 14, textStyle: words, inactiveColor: colour("line-2") },
      grid: { left: 4, right: 16, top: 12, bottom: all.length < 2 ? 4 : 20 + 20 * (width < 420 ? all.length : Math.ceil(all.length / 2)), outerBoundsMode: "same" },
      tooltip: { ...option.tooltip, trigger: "axis", axisPointer: { type: isLine ? "line" : "shadow" }, valueFormatter: (value) => (value == null ? "–" : whole(value)) },
      xAxis: axis({ type: "category", data: data.names, splitLine: { show: false }, axisLine: { show: true, lineStyle: { color: colour("line-2") } } }),
      yAxis: axis({ type: "value", axisLabel: { color: colour("ink-3"), fontSize: 11.5, formatter: short } }),
      series: all,
    };
  };

  const kinds = { bars, lines, months };

  const draw = () => {
    for (const { chart, data } of drawn) {
      chart.setOption(kinds[data.kind](data, chart.getWidth()), true);
    }
  };

  // A picture to take away, as it is drawn now.
  const take = (chart, name) => {
    const link = document.createElement("a");
    link.download = `${name}.png`;
    link.href = chart.getDataURL({ pixelRatio: 2, backgroundColor: colour("surface") });
    link.click();
  };

  addEventListener("DOMContentLoaded", () => {
    for (const place of document.querySelectorAll("[data-chart]")) {
      const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
      place.closest("[hidden]")?.removeAttribute("hidden");
      const chart = echarts.init(place, null, { renderer: "canvas" });
      drawn.push({ chart, data });
      const picture = document.querySelector(`[data-picture="${place.dataset.chart}"]`);
      picture?.removeAttribute("hidden");
      picture?.addEventListener("click", () => take(chart, picture.dataset.name));
      new ResizeObserver(() => chart.resize()).observe(place);
    }
    draw();
  });
  document.addEventListener("themechange", draw);
  dark.addEventListener("change", draw);
})();
