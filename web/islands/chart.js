// <linli-chart>: a picture of the table it contains. The table stays, folded, for reading and for screen readers.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { make } from "../words.js";
import { font, textSize, token } from "./colours.js";

echarts.use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

const DASHES = ["solid", [6, 4], [2, 3], [10, 3, 2, 3], [1, 2]];
const SYMBOLS = ["circle", "rect", "triangle", "diamond", "emptyCircle"];

function read(table) {
  const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows];
  const series = heads.slice(1).map((name, index) => ({
    name,
    values: rows.map((row) => (row.cells[index + 1].dataset.value === undefined ? null : Number(row.cells[index + 1].dataset.value))),
    links: rows.map((row) => row.cells[index + 1].dataset.href ?? ""),
  }));
  return { labels: rows.map((row) => row.cells[0].textContent.trim()), series };
}

function oneSeries(kind, one, index, several) {
  const colour = token(`series-${(index % 5) + 1}`);
  const base = { name: one.name, data: one.values, color: colour, animation: false, cursor: one.links.some(Boolean) ? "pointer" : "default" };
  if (kind === "line") {
    return { ...base, type: "line", symbol: SYMBOLS[index % 5], symbolSize: textSize(0.45), lineStyle: { width: 2, type: DASHES[index % 5] } };
  }
  if (kind === "spark") return { ...base, type: "line", symbol: "none", lineStyle: { width: 1.5 } };
  return { ...base, type: "bar", stack: kind === "stacked" ? "all" : undefined, barMaxWidth: textSize(2), barGap: "10%", itemStyle: several && index ? { decal: decal(index) } : {} };
}

/** Bars lie down when their names would not fit under them. */
const lying = (kind, labels) => (kind === "bar" || kind === "stacked") && labels.length > 5 && Math.max(...labels.map((label) => label.length)) > 5;

/** A second series is striped: colour is never the only sign. */
function decal(index) {
  return { symbol: "rect", color: "rgba(255,255,255,0.45)", dashArrayX: [1, 0], dashArrayY: [2, 3 + index], rotation: (Math.PI / 4) * (index % 2 ? 1 : -1) };
}

function option(element, { labels, series }) {
  const { kind, unit } = element.dataset;
  const percent = "percent" in element.dataset;
  const digits = Number(element.dataset.digits ?? 0);
  const size = textSize(0.86);
  const text = { color: token("ink-soft"), fontFamily: font(), fontSize: size };
  const show = (value) => (value === null || value === undefined ? "—" : percent ? `${(value * 100).toFixed(digits)}%` : value.toLocaleString("en", { maximumFractionDigits: digits }) + (unit ? ` ${unit}` : ""));
  const drawn = series.map((one, index) => oneSeries(kind, one, index, series.length > 1));
  if (kind === "spark") {
    return { grid: { left: 2, right: 2, top: 3, bottom: 3 }, xAxis: { type: "category", data: labels, show: false, boundaryGap: false }, yAxis: { type: "value", show: false, scale: true }, series: drawn };
  }
  const several = series.length > 1;
  const names = { type: "category", data: labels, axisLabel: { ...text, hideOverlap: true }, axisTick: { show: false }, axisLine: { lineStyle: { color: token("line-control") } } };
  const amount = (value) => (percent ? `${Math.round(value * 100)}%` : value.toLocaleString("en"));
  const amounts = { type: "value", axisLabel: { ...text, formatter: amount }, splitLine: { lineStyle: { color: token("line") } } };
  return {
    textStyle: text,
    grid: { left: 4, right: 12, top: several ? size * 2.8 : size * 1.2, bottom: 4, containLabel: true },
    legend: several ? { top: 0, left: 0, itemWidth: size * 1.8, itemHeight: size * 0.8, textStyle: text, selectedMode: false } : undefined,
    tooltip: {
      trigger: "axis",
      renderMode: "richText", // an HTML tooltip would need inline styles, which our policy forbids
      axisPointer: { type: kind === "line" ? "line" : "shadow", lineStyle: { color: token("line-control") }, shadowStyle: { color: "rgba(23,33,43,0.05)" } },
      backgroundColor: token("white"),
      borderColor: token("line-control"),
      textStyle: { ...text, color: token("ink") },
      formatter: (items) => [items[0].axisValueLabel, ...items.map((item) => `${item.seriesName}  ${show(item.value)}`)].join("\n"),
    },
    ...(lying(kind, labels) ? { xAxis: amounts, yAxis: { ...names, inverse: true } } : { xAxis: names, yAxis: amounts }),
    series: drawn,
  };
}

class LinliChart extends HTMLElement {
  connectedCallback() {
    if (this.chart) return;
    const data = read(this.querySelector("table"));
    // The table below says the same in words; the picture itself is not read out twice.
    const box = make("div", { class: "chart-drawing", "aria-hidden": "true" });
    if (lying(this.dataset.kind, data.labels)) box.style.height = `${data.labels.length * 1.9 + 3.5}rem`;
    if (this.dataset.height) box.style.height = this.dataset.height;
    this.prepend(box);
    this.chart = echarts.init(box, null, { renderer: "svg" });
    this.chart.setOption(option(this, data));
    this.chart.on("click", ({ seriesIndex, dataIndex }) => {
      const url = data.series[seriesIndex]?.links[dataIndex];
      if (url) location.href = url;
    });
    this.watcher = new ResizeObserver(() => this.chart?.resize());
    this.watcher.observe(box);
  }

  disconnectedCallback() {
    this.watcher?.disconnect();
    this.chart?.dispose();
    this.chart = null;
    this.querySelector(".chart-drawing")?.remove();
  }
}

customElements.define("linli-chart", LinliChart);
