package formatting

import (
	"fmt"
	"slices"
	"strconv"
)

// dataTable checks a data_table block: messages only, one of them, rows of equal
// length, a header of texts, no empty cell, and the characters of all cells.
func (c *checker) dataTable(path string, b object) {
	c.tables++
	c.that(c.surface == surfaceMessage, path, "a %s shows no table", c.surface)
	c.units(path+".caption", b.text("caption"), 1, maxCaption)
	size, _ := b["page_size"].(float64)
	c.that(size >= 1 && size <= maxPageSize, path, "page_size %v", size)
	rows, _ := b["rows"].([]any)
	c.that(len(rows) >= 2 && len(rows) <= maxTableRows, path, "%d rows of 2 to %d", len(rows), maxTableRows)
	used, width := 0, 0
	for r := range rows {
		cells := object{"row": rows[r]}.list("row")
		if r == 0 {
			width = len(cells)
			c.that(width >= 1 && width <= maxColumns, path, "%d columns of %d", width, maxColumns)
		}
		c.that(len(cells) == width, path, "row %d has %d cells of %d", r, len(cells), width)
		for i, cell := range cells {
			used += c.cell(fmt.Sprintf("%s.rows[%d][%d]", path, r, i), cell, r == 0)
		}
	}
	c.that(used <= tableText, path, "%d characters of %d", used, tableText)
}

// cell checks a cell and returns its characters.
func (c *checker) cell(path string, cell object, header bool) int {
	kind, text := cell.text("type"), cell.text("text")
	switch {
	case kind == "raw_text":
		c.that(text != "", path, "is empty")
		return units(text)
	case kind == "raw_number" && !header:
		value, ok := cell["value"].(float64)
		c.that(ok, path, "has no number")
		return units(text) + len(strconv.FormatFloat(value, 'f', -1, 64))
	}
	c.that(false, path, "%s is no cell for here", kind)
	return 0
}

// chart checks a data_visualization block.
func (c *checker) chart(path string, b object) {
	c.that(c.surface != surfaceModal, path, "a modal shows no chart")
	c.units(path+".title", b.text("title"), 1, maxChartTitle)
	chart := b.object("chart")
	switch kind := chart.text("type"); kind {
	case "pie":
		c.pie(path, chart)
	case "bar", "line", "area":
		c.series(path, chart)
	default:
		c.that(false, path, "there is no chart %q", kind)
	}
}

func (c *checker) pie(path string, chart object) {
	segments := chart.list("segments")
	c.that(len(segments) >= 1 && len(segments) <= maxSegments, path, "%d segments of %d", len(segments), maxSegments)
	for i, s := range segments {
		at := fmt.Sprintf("%s.segments[%d]", path, i)
		c.units(at+".label", s.text("label"), 1, maxChartLabel)
		value, _ := s["value"].(float64)
		c.that(value > 0, at, "value %v is not above 0", value)
	}
}

func (c *checker) series(path string, chart object) {
	axis := chart.object("axis_config")
	categories := axis.strings("categories")
	c.that(len(categories) >= 1 && len(categories) <= maxPoints, path, "%d categories of %d", len(categories), maxPoints)
	for _, label := range categories {
		c.units(path+".categories", label, 1, maxChartLabel)
	}
	c.units(path+".x_label", axis.text("x_label"), 0, maxChartTitle)
	c.units(path+".y_label", axis.text("y_label"), 0, maxChartTitle)
	series := chart.list("series")
	c.that(len(series) >= 1 && len(series) <= maxSeries, path, "%d series of %d", len(series), maxSeries)
	names := map[string]bool{}
	for i, s := range series {
		at := fmt.Sprintf("%s.series[%d]", path, i)
		c.units(at+".name", s.text("name"), 1, maxChartLabel)
		c.that(!names[s.text("name")], at, "its name is used twice")
		names[s.text("name")] = true
		points := s.list("data")
		c.that(len(points) == len(categories), at, "%d points for %d categories", len(points), len(categories))
		for _, p := range points {
			c.that(slices.Contains(categories, p.text("label")), at, "a point has no category")
		}
	}
}
